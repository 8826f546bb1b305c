package needle.estimate;

import org.apache.spark.api.java.JavaRDD;

/**
 * What a regression with absorbed effects is fitted to.
 *
 * @param groups rows by the level of the column that is swept out
 * @param nested whether each dummied column is nested in a way of clustering
 * @param clustersTogether whether there is one way of clustering, and the groups of a cluster
 *     follow each other in one bucket
 */
record AbsorbedRows(
    JavaRDD<AbsorbedGroup> groups,
    AbsorbedTerms terms,
    boolean[] nested,
    boolean clustersTogether) {}
