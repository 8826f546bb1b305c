/**
 * One row per employee and period, point-in-time correct: what was true then, and nothing that came
 * later.
 */
package needle.panel;
