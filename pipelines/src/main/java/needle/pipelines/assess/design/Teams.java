package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/** How people and teams are called, and which teams are trained. */
final class Teams {
  private Teams() {}

  static String person(int team, int number) {
    return "p" + team + "_" + number;
  }

  static String name(int team) {
    return "t" + team;
  }

  /** 1 where a whole team is trained: half of them by lot, of a few the first. */
  static int trained(int team, int teams, RandomGenerator random) {
    return teams < 4 ? (team == 0 ? 1 : 0) : random.nextInt(2);
  }

  /** The period from which a team is trained: half of them in period 3 or 5, the others never. */
  static int trainedFrom(int team) {
    return team % 2 == 1 ? Integer.MAX_VALUE : team % 4 == 0 ? 3 : 5;
  }
}
