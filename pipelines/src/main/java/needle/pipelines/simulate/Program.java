package needle.pipelines.simulate;

import java.util.List;

/**
 * A training program of the company: its course, who it is for, how people are chosen for it and
 * what it really changes.
 */
enum Program {
  ONBOARDING("ONB-101", "Sales onboarding", Channel.SF_LEARNING, 0, 16, 4.2),
  SAFETY("SAF-200", "Safe work, every day", Channel.XAPI, -0.8, 8, 3.6),
  SALES_ENABLEMENT("SAL-310", "Consultative selling", Channel.SF_LEARNING, 0.6, 12, 4.1),
  LEADERSHIP("LDR-400", "Leading people", Channel.SF_LEARNING, 0.6, 24, 4.3),
  SERVICE_SKILLS("SVC-150", "Service skills", Channel.XAPI, 0.5, 8, 4.2),
  COMPLIANCE_REFRESHER("CMP-120", "Compliance refresher", Channel.SF_LEARNING, -0.4, 3, 3.2),
  INSPIRING_PRESENTATIONS("POP-500", "Inspiring presentations", Channel.XAPI, 0.5, 6, 4.8),
  SPEED_CALLS("HRM-160", "Speed calls", Channel.XAPI, 0.4, 4, 4.0),
  NEGOTIATION_MASTERCLASS("NEG-390", "Negotiation, a masterclass", Channel.SF_LEARNING, 0, 16, 4.5);

  /** The learning system that records a course. */
  enum Channel {
    SF_LEARNING,
    XAPI
  }

  /** In no month. */
  static final int NEVER = Integer.MAX_VALUE;

  private final String courseId;
  private final String title;
  private final Channel channel;
  private final double slope;
  private final double hours;
  private final double satisfaction;

  Program(
      String courseId,
      String title,
      Channel channel,
      double slope,
      double hours,
      double satisfaction) {
    this.courseId = courseId;
    this.title = title;
    this.channel = channel;
    this.slope = slope;
    this.hours = hours;
    this.satisfaction = satisfaction;
  }

  /** The name of the program in plans and results. */
  String id() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  String courseId() {
    return courseId;
  }

  String title() {
    return title;
  }

  Channel channel() {
    return channel;
  }

  double hours() {
    return hours;
  }

  /** Mean answer to "how satisfied are you", from 1 to 5. */
  double satisfaction() {
    return satisfaction;
  }

  /** The programs of one channel. */
  static List<Program> of(Channel channel) {
    return java.util.Arrays.stream(values()).filter(p -> p.channel == channel).toList();
  }

  /** Whether someone in that function, pay grade and tenure may be sent in a wave. */
  boolean eligible(JobFunction function, int payGrade, int tenureMonths) {
    return switch (this) {
      case ONBOARDING, NEGOTIATION_MASTERCLASS -> false; // decided by hire date, and by seat
      case SAFETY -> function == JobFunction.OPERATIONS;
      case SALES_ENABLEMENT -> function == JobFunction.SALES && tenureMonths >= 12;
      case LEADERSHIP -> payGrade >= 4;
      case SERVICE_SKILLS, SPEED_CALLS -> function == JobFunction.SERVICE;
      case COMPLIANCE_REFRESHER -> function == JobFunction.CORPORATE;
      case INSPIRING_PRESENTATIONS -> function == JobFunction.SALES;
    };
  }

  /** The chance that a manager sends someone: about 65 % on average, more for those in need. */
  double chanceToBeSent(double performance, int tenureMonths) {
    double years = Math.min(tenureMonths, 120) / 12.0;
    double logit = 0.65 + slope * performance + 0.03 * (years - 4);
    return 1 / (1 + StrictMath.exp(-logit));
  }
}
