package dev.sdlora.server.key;

/** Thrown if a job would exceed a limit of its API key. */
public final class QuotaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String owner;
  private final Limit limit;
  private final double seconds;

  /** A limit of a key. */
  public enum Limit {
    /** Jobs that start in a minute. */
    JOBS_PER_MINUTE("jobsPerMinute"),
    /** Waiting and running jobs. */
    MAX_JOBS("maxJobs"),
    /** Images of a day. */
    IMAGES_PER_DAY("imagesPerDay");

    private final String field;

    Limit(String field) {
      this.field = field;
    }

    /** Returns the field of the limit in the file of keys. */
    public String field() {
      return field;
    }
  }

  /**
   * Creates the error.
   *
   * @param owner the name of the key
   * @param limit the limit
   * @param sentence the message
   * @param seconds the time after which the job would be accepted
   */
  public QuotaException(String owner, Limit limit, String sentence, double seconds) {
    super(sentence);
    this.owner = owner;
    this.limit = limit;
    this.seconds = seconds;
  }

  /** Returns the name of the key. */
  public String owner() {
    return owner;
  }

  /** Returns the limit. */
  public Limit limit() {
    return limit;
  }

  /** Returns the seconds after which the job would be accepted. */
  public double seconds() {
    return seconds;
  }
}
