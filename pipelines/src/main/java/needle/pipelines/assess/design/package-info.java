/** Processes whose truth is known in closed form, for every estimator of a study file. */
package needle.pipelines.assess.design;
