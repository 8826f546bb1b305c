package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A person who works or worked for the company, over all employments. */
final class Person {
  private static final String[] FIRST_NAMES = {
    "Ada", "Alan", "Amara", "Andrea", "Anil", "Anna", "Ben", "Bianca", "Carlos", "Chen", "Chloe",
    "Dana", "David", "Elena", "Emeka", "Emma", "Erik", "Farah", "Felix", "Grace", "Hana", "Hugo",
    "Ines", "Ivan", "Jamal", "Jana", "Jia", "Jonas", "Julia", "Karim", "Kate", "Lars", "Leila",
    "Liam", "Lucia", "Maria", "Mateo", "Mei", "Mina", "Nadia", "Noah", "Nora", "Olga", "Omar",
    "Paula", "Priya", "Rosa", "Samir", "Sara", "Sofia", "Tariq", "Tess", "Theo", "Tom", "Uma",
    "Vera", "Victor", "Wei", "Yara", "Zoe"
  };
  private static final String[] LAST_NAMES = {
    "Adams", "Ali", "Alvarez", "Bauer", "Becker", "Bell", "Bianchi", "Brown", "Campbell", "Chan",
    "Clark", "Costa", "Cruz", "Diaz", "Dubois", "Evans", "Fischer", "Flores", "Garcia", "Gomez",
    "Green", "Gupta", "Haddad", "Hall", "Hansen", "Harris", "Hill", "Hoffmann", "Hughes", "Ibrahim",
    "Ivanova", "Jackson", "Jensen", "Johnson", "Jones", "Kaya", "Khan", "Kim", "King", "Klein",
    "Kowalski", "Kumar", "Larsen", "Lee", "Lewis", "Li", "Lopez", "Martin", "Mehta", "Meyer",
    "Miller", "Moore", "Morris", "Nakamura", "Nguyen", "Novak", "OBrien", "Okafor", "Olsen",
        "Patel",
    "Perez", "Peters", "Ramos", "Reed", "Rivera", "Roberts", "Rossi", "Sato", "Schmidt", "Schulz",
    "Scott", "Shah", "Silva", "Singh", "Smith", "Suzuki", "Tan", "Taylor", "Thomas", "Torres",
    "Turner", "Walker", "Wang", "Weber", "White", "Williams", "Wilson", "Wong", "Wright", "Young"
  };

  private final long number;
  private final long seat;
  private final double performance;
  private final LocalDate bornOn;
  private final String firstName;
  private String lastName;
  private String newLastName;
  private int renamedInMonth = Program.NEVER;
  private final int[] trainedIn = new int[Program.values().length];
  private final int[] dippedFrom = new int[Program.values().length];
  private final int[] abandonedIn = new int[Program.values().length];
  private final List<Employment> employments = new ArrayList<>();

  Person(long number, long seat, Dice dice) {
    this.number = number;
    this.seat = seat;
    this.performance = dice.performance();
    this.bornOn = LocalDate.of(1960, 1, 1).plusDays(dice.between(0, 15_000));
    this.firstName = dice.pick(FIRST_NAMES);
    this.lastName = dice.pick(LAST_NAMES);
    Arrays.fill(trainedIn, Program.NEVER);
    Arrays.fill(dippedFrom, Program.NEVER);
    Arrays.fill(abandonedIn, Program.NEVER);
  }

  /** Takes the name, and so the e-mail address, of someone who left the same seat. */
  Person namedLike(Person predecessor) {
    Person namesake = new Person(this, predecessor.firstName);
    namesake.lastName = predecessor.lastName;
    return namesake;
  }

  private Person(Person other, String firstName) {
    this.number = other.number;
    this.seat = other.seat;
    this.performance = other.performance;
    this.bornOn = other.bornOn;
    this.firstName = firstName;
    Arrays.fill(trainedIn, Program.NEVER);
    Arrays.fill(dippedFrom, Program.NEVER);
    Arrays.fill(abandonedIn, Program.NEVER);
  }

  /** Employee number: stays over rehires. */
  String employeeNumber() {
    return Long.toString(number);
  }

  long number() {
    return number;
  }

  /** How good the person is at the job, from −2 to 2; nobody sees it. */
  double performance() {
    return performance;
  }

  LocalDate bornOn() {
    return bornOn;
  }

  List<Employment> employments() {
    return employments;
  }

  void rename(int month, Dice dice) {
    renamedInMonth = month;
    newLastName = dice.pick(LAST_NAMES) + "-" + lastName;
  }

  int renamedInMonth() {
    return renamedInMonth;
  }

  /** E-mail address in a month; it follows the name. */
  String email(int month) {
    String name = month >= renamedInMonth ? newLastName : lastName;
    return (firstName + "." + name + "." + Long.toString(seat, 36)).toLowerCase(Locale.ROOT)
        + "@example.com";
  }

  void train(Program program, int month, int dipMonths) {
    trainedIn[program.ordinal()] = month;
    dippedFrom[program.ordinal()] = month - dipMonths;
  }

  void abandon(Program program, int month) {
    abandonedIn[program.ordinal()] = month;
  }

  /** Month of completion, or {@link Program#NEVER}. */
  int trainedIn(Program program) {
    return trainedIn[program.ordinal()];
  }

  /** Month in which the person enrolled and gave up, or {@link Program#NEVER}. */
  int abandonedIn(Program program) {
    return abandonedIn[program.ordinal()];
  }

  /** Whether the course was completed in or before the month. */
  boolean isTrained(Program program, int month) {
    return month >= trainedIn[program.ordinal()];
  }

  /** Whether the month is one of the bad months before the training. */
  boolean isInDip(Program program, int month) {
    return month >= dippedFrom[program.ordinal()] && month < trainedIn[program.ordinal()];
  }

  /** The employment in force in a month, or null. */
  Employment employmentIn(int month) {
    for (Employment employment : employments) {
      if (employment.isActive(month)) {
        return employment;
      }
    }
    return null;
  }
}
