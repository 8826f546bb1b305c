package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.FactorColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Covariates whose values are names, as columns of 0 and 1.
 *
 * @param panel with these columns
 * @param covariates with these columns in the factors' places
 */
record Factors(Dataset<Row> panel, List<Covariate> covariates) {
  static Factors of(Dataset<Row> panel, List<Covariate> listed) {
    FactorColumns made =
        FactorColumns.of(
            panel, listed.stream().filter(Covariate::isFactor).map(Covariate::name).toList());
    List<Covariate> covariates = new ArrayList<>();
    for (Covariate covariate : listed) {
      if (covariate.isFactor()) {
        made.columns()
            .get(covariate.name())
            .forEach(name -> covariates.add(new Covariate(name, null, covariate.measured())));
      } else {
        covariates.add(covariate);
      }
    }
    return new Factors(made.rows(), covariates);
  }
}
