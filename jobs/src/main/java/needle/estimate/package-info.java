/**
 * What a program changed, with its doubt: study designs, the estimators that serve them, and the
 * rule that turns an estimate into a verdict.
 */
package needle.estimate;
