package needle.pipelines.simulate;

/** What a team does, which decides the KPIs that its people move. */
enum JobFunction {
  OPERATIONS("Operations", "OPS", 0.50, "Assembler", "Machine Operator", "Maintenance Technician"),
  SALES("Sales", "SAL", 0.18, "Sales Representative", "Account Executive", "Key Account Seller"),
  SERVICE("Service", "SVC", 0.20, "Service Agent", "Support Specialist", "Field Service Agent"),
  CORPORATE("Corporate", "COR", 0.12, "Accountant", "Buyer, Indirect", "HR Partner");

  private static final int PATTERN = 50;
  private static final JobFunction[] OF_TEAM = pattern();

  private final String title;
  private final String code;
  private final double share;
  private final String[] jobTitles;

  JobFunction(String title, String code, double share, String... jobTitles) {
    this.title = title;
    this.code = code;
    this.share = share;
    this.jobTitles = jobTitles;
  }

  /** The function of a team: every fifty teams hold the functions' exact shares, well mixed. */
  static JobFunction ofTeam(int team) {
    return OF_TEAM[team % PATTERN];
  }

  String title() {
    return title;
  }

  String code() {
    return code;
  }

  String jobTitle(long person) {
    return jobTitles[(int) (person % jobTitles.length)];
  }

  private static JobFunction[] pattern() {
    JobFunction[] pattern = new JobFunction[PATTERN];
    int[] placed = new int[values().length];
    for (int i = 0; i < PATTERN; i++) {
      JobFunction neediest = OPERATIONS;
      for (JobFunction candidate : values()) {
        double need = candidate.share * (i + 1) - placed[candidate.ordinal()];
        double worst = neediest.share * (i + 1) - placed[neediest.ordinal()];
        if (need > worst + 1e-9) {
          neediest = candidate;
        }
      }
      pattern[i] = neediest;
      placed[neediest.ordinal()]++;
    }
    return pattern;
  }
}
