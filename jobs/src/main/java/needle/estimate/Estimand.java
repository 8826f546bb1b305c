package needle.estimate;

import java.util.Locale;

/** What a number is an estimate of; in the unit of the outcome, where nothing else is said. */
public enum Estimand {
  /** Average effect on the treated. */
  ATT,
  /** Average effect on everybody. */
  ATE,
  /** Average effect on a group, treated or not. */
  GATE,
  /** Coefficient of a linear regression: the difference of means per unit of its column. */
  SLOPE,
  /** Mean slope of a curve, per unit of the dose. */
  AVERAGE_SLOPE,
  /** Coefficient whose exponential multiplies odds. */
  LOG_ODDS_RATIO,
  /** Coefficient whose exponential multiplies rates. */
  LOG_RATE_RATIO,
  /** Coefficient whose exponential multiplies means. */
  LOG_MEAN_RATIO,
  /** Coefficient whose exponential multiplies hazards. */
  LOG_HAZARD_RATIO,
  /** Difference of mean times without the event, up to a horizon, were everybody exposed or not. */
  RESTRICTED_MEAN_DIFFERENCE,
  /** The same of those who were exposed. */
  RESTRICTED_MEAN_DIFFERENCE_ATT,
  /** Mean time without the event up to a horizon. */
  RESTRICTED_MEAN,
  /** Difference of the shares without the event, were everybody exposed or not. */
  SURVIVAL_DIFFERENCE,
  /** The same of those who were exposed. */
  SURVIVAL_DIFFERENCE_ATT,
  /** Share without the event. */
  SURVIVAL,
  /** Difference of the shares with the event, were everybody exposed or not. */
  RISK_DIFFERENCE,
  /** The same of those who were exposed. */
  RISK_DIFFERENCE_ATT,
  /** Share with the event. */
  RISK,
  /** Mean outcome under one treatment, whatever was given. */
  POTENTIAL_OUTCOME_MEAN,
  /** Mean as it was observed. */
  MEAN,
  /** Difference of such means, between groups or times. */
  MEAN_DIFFERENCE,
  /** Part of a difference of means. */
  CONTRIBUTION,
  /** What treatments do together beyond the sum of what each does. */
  INTERACTION,
  /** Average effect by way of the mediator (Pearl 2001). */
  NATURAL_INDIRECT_EFFECT,
  /** Average effect by other ways. */
  NATURAL_DIRECT_EFFECT,
  /** The indirect effect as a share of the total. */
  PROPORTION_MEDIATED,
  /** Place in an order. */
  RANK,
  /** Outcome to come. */
  PREDICTION;

  /** As it is written in a table. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
