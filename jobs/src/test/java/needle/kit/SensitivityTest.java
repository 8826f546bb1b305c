package needle.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SensitivityTest {
  /**
   * Of ways that share an estimator, those of one are all among those of the other. So where each
   * threshold of a study can be tried by one of its methods, one method can be tried against all,
   * and no study file asks for what no verdict could ever meet.
   */
  @ParameterizedTest
  @EnumSource
  void whateverCanBeAskedTogetherCanBeTriedByOneEstimator(Sensitivity way) {
    Set<String> own = new HashSet<>(way.estimators());
    for (Sensitivity other : Sensitivity.values()) {
      Set<String> shared = new HashSet<>(own);
      shared.retainAll(other.estimators());
      assertThat(
              shared.isEmpty() || shared.equals(own) || shared.size() == other.estimators().size())
          .as("%s and %s share %s", way.word(), other.word(), shared)
          .isTrue();
    }
  }
}
