package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/** A process whose truth is known in closed form, and the study that asks for it. */
public sealed interface Design
    permits Absorbed,
        Careers,
        Composition,
        Counts,
        Doses,
        Exposure,
        FewSites,
        Hazards,
        Linked,
        NextPeriod,
        OneSeries,
        Pathway,
        Programs,
        RollOut,
        Slopes {

  /** The study file; its panel's path has no meaning, as the panel is drawn. */
  String study();

  /** One panel, and what an estimator should find in it. */
  Sample draw(RandomGenerator random);
}
