/**
 * One fact per row, typed and restated to its newest version, with the person identified by a keyed
 * hash.
 */
package needle.silver;
