/**
 * How far an effect stands when its assumptions do not quite hold: mathematics on the driver, over
 * estimates and their covariance, without Spark.
 */
package needle.estimate.sensitivity;
