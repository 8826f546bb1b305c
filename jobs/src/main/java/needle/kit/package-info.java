/**
 * The whole framework: a job computes one table from other tables, and a contract says what a table
 * holds.
 */
package needle.kit;
