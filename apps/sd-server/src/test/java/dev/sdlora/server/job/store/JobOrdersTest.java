package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobStage;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.key.Sender;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever servers and clients do in whatever order, no image is lost or there twice, what has
 * ended stays as it is, and every job ends.
 */
@SuppressWarnings("NullAway.Init")
class JobOrdersTest {
  private static final int IMAGES = 3;
  private static final long DAY = 19_000;
  private static TestStore temporary;
  private static JobStore store;

  private final Map<String, Attempt> attempts = new HashMap<>();
  private final Map<String, String> ends = new HashMap<>();

  /** What a server believes to draw. */
  private record Attempt(StoredJob.Claim claim, int images) {}

  private enum Deed {
    CLAIM,
    DRAW,
    FINISH,
    FAIL,
    HAND_BACK,
    HAND_BACK_BY_FAULT,
    GIVE_BACK,
    KILL,
    EXPIRE,
    CANCEL
  }

  /**
   * An event.
   *
   * @param server of the deed, for those of a server
   * @param job of the deed, for those of a client
   */
  private record Event(Deed deed, String server, int job) {}

  private record Drawn(long seed) implements JobImage {
    @Override
    public String infotext() {
      return "a ring";
    }

    @Override
    public int width() {
      return 8;
    }

    @Override
    public int height() {
      return 8;
    }

    @Override
    public GeneratedImage load() {
      throw new IllegalStateException("only its file is stored");
    }

    @Override
    public byte[] png() {
      return new byte[] {(byte) seed};
    }

    @Override
    public long heldBytes() {
      return 0;
    }
  }

  @BeforeContainer
  static void open() {
    temporary = TestStore.open();
    store = temporary.store();
  }

  @AfterContainer
  static void close() throws IOException {
    temporary.close();
  }

  @Provide
  static Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of(Deed.class), Arbitraries.of("one", "two"), Arbitraries.of(0, 1))
        .as(Event::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(30);
  }

  @Property(tries = 60)
  void anyOrder_losesNoImage_drawsNoneTwice_andEndsEveryJob(@ForAll("events") List<Event> events)
      throws SQLException {
    List<String> jobs = List.of(add(), add());
    for (Event event : events) {
      happen(event, jobs);
      requireSound(jobs);
    }
    attempts.clear();
    for (int i = 0; i < 2 && !store.unfinished().isEmpty(); i++) {
      expire();
      happen(new Event(Deed.CLAIM, "sound", 0), jobs);
      happen(new Event(Deed.FINISH, "sound", 0), jobs);
    }
    assertThat(store.claims().claim("sound", TestStore.ANY)).isEmpty();
    assertThat(store.unfinished()).isEmpty();
    requireSound(jobs);
  }

  /** Whatever has happened to a job, an end is possible, and only an end has nothing behind it. */
  @Example
  void stages_allLeadToEachEnd() {
    for (JobStage stage : JobStage.values()) {
      assertThat(stage.isEnd()).isEqualTo(stage.shown().isEnd());
      if (!stage.isEnd()) {
        assertThat(stage.next().values()).contains(JobStage.FAILED, JobStage.CANCELLED);
        assertThat(Stream.concat(Stream.of(stage), stage.next().values().stream()))
            .anySatisfy(next -> assertThat(next.next()).containsValue(JobStage.DONE));
      }
    }
  }

  private static String add() {
    String id = UUID.randomUUID().toString();
    store.add(
        TestStore.job(
            id, IMAGES, DAY * 86_400_000, "", new Sender(Optional.empty(), 0, Optional.empty())));
    return id;
  }

  private static Claims.Update update(int first, int images) {
    JobReport report =
        new JobReport(images, 0, 0, images, 0, List.of(), List.of(), false, null, null, null);
    List<SavedImage> added =
        LongStream.range(first, images)
            .mapToObj(seed -> new SavedImage(new Drawn(seed), Optional.empty()))
            .toList();
    return new Claims.Update(report, Optional.empty(), added, List.of(), List.of(), 0);
  }

  private void happen(Event event, List<String> jobs) throws SQLException {
    String server = event.server();
    Claims claims = store.claims();
    Attempt attempt = attempts.get(server);
    switch (event.deed()) {
      case CLAIM -> {
        if (attempt == null) {
          claims
              .claim(server, TestStore.ANY)
              .ifPresent(claim -> attempts.put(server, new Attempt(claim, 0)));
        }
      }
      case EXPIRE -> expire();
      case CANCEL -> store.cancel(jobs.get(event.job()));
      case KILL -> attempts.remove(server);
      default -> {
        if (attempt != null) {
          act(event.deed(), server, attempt);
        }
      }
    }
  }

  private void act(Deed deed, String server, Attempt attempt) {
    Claims claims = store.claims();
    StoredJob.Claim claim = attempt.claim();
    int images = attempt.images();
    switch (deed) {
      case DRAW -> {
        int next = Math.min(IMAGES, images + 1);
        Claims.Renewal renewal = claims.renew(server, claim, update(images, next));
        if (!renewal.held()) {
          attempts.remove(server);
        } else if (renewal.cancelled()) {
          end(server, claim, JobState.CANCELLED, next, next);
        } else {
          attempts.put(server, new Attempt(claim, next));
        }
      }
      case FINISH -> end(server, claim, JobState.DONE, images, IMAGES);
      case FAIL -> end(server, claim, JobState.FAILED, images, images);
      case GIVE_BACK -> {
        claims.giveBack(server, claim);
        attempts.remove(server);
      }
      default -> {
        if (claims.handBack(server, claim, deed == Deed.HAND_BACK_BY_FAULT)) {
          attempts.remove(server);
        } else {
          end(server, claim, JobState.FAILED, images, images);
        }
      }
    }
  }

  private void end(String server, StoredJob.Claim claim, JobState state, int first, int images) {
    JobState before = state(claim.id());
    boolean ended = store.claims().end(server, claim, state, 1, update(first, images));
    assertThat(ended && before.isEnd()).isFalse();
    assertThat(state(claim.id())).isEqualTo(ended ? state : before);
    attempts.remove(server);
  }

  private static JobState state(String id) {
    return store.find(id).orElseThrow().status().state();
  }

  private void requireSound(List<String> jobs) {
    for (String id : jobs) {
      StoredJob.Status status = store.find(id).orElseThrow().status();
      List<Long> seeds = store.images(id).stream().map(JobImage::seed).toList();
      assertThat(seeds).isEqualTo(LongStream.range(0, seeds.size()).boxed().toList());
      if (status.state() == JobState.DONE) {
        assertThat(seeds).hasSize(IMAGES);
      }
      if (status.state().isEnd()) {
        String end = status.state() + status.report() + seeds;
        assertThat(ends.computeIfAbsent(id, first -> end)).isEqualTo(end);
      }
    }
  }

  /** Lets the time pass: claims expire, and waits after failures end. */
  private static void expire() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + temporary.folder().resolve("jobs"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE sd_jobs SET lease = 0 WHERE ended IS NULL");
    }
  }
}
