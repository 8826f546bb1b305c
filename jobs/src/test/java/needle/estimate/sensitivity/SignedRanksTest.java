package needle.estimate.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SignedRanksTest {
  /**
   * Lead in children's blood (Rosenbaum 2002, table 4.2): 33 pairs, one of them without difference.
   */
  @Test
  void publishedBounds() {
    SignedRanks lead = new SignedRanks(560, 12522.5, 527);
    assertThat(lead.pValue(4)).isCloseTo(0.0388, within(5e-5));
    assertThat(lead.pValue(4.25)).isCloseTo(0.0468, within(5e-5));
    assertThat(lead.pValue(5)).isCloseTo(0.0740, within(5e-5));
    assertThat(lead.pValue(lead.breakdown(0.05))).isCloseTo(0.05, within(1e-9));
  }

  @Test
  void whatChanceExplainsNeedsNothingUnseen() {
    assertThat(new SignedRanks(55, 385, 30).breakdown(0.025)).isEqualTo(1);
  }
}
