/** What people decide on: no persons, no small cells, every number with its doubt. */
package needle.gold;
