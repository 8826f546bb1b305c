/**
 * Pulls new rows of database tables into the landing folder, where they are files like any other.
 */
package needle.pipelines.pull;
