/**
 * What a KPI will be if nothing changes: predictions, how they did in the past, and intervals from
 * their errors. No prediction is an effect.
 */
package needle.estimate.prediction;
