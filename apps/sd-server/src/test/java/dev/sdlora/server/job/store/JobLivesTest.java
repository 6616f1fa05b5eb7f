package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.job.JobLife;
import dev.sdlora.server.job.JobLives;
import dev.sdlora.server.job.JobStage;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.LivesOfJobs;
import dev.sdlora.server.key.Sender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The lives of jobs are the same in memory and in a database. */
@SuppressWarnings("NullAway.Init")
class JobLivesTest {
  private static TestStore temporary;
  private static JobStore store;

  private final Map<String, String> claimed = new HashMap<>();
  private final List<String> ids = new ArrayList<>();

  @BeforeContainer
  static void open() {
    temporary = TestStore.open();
    store = temporary.store();
  }

  @AfterContainer
  static void close() throws IOException {
    temporary.close();
  }

  @AfterTry
  void deleteAll() {
    update("DELETE FROM sd_jobs");
    ids.clear();
    claimed.clear();
  }

  private static void update(String sql) {
    store.claims().database().within(session -> session.update(sql));
  }

  private enum Deed {
    ADD,
    CLAIM,
    RENEW,
    FINISH,
    FAIL,
    HAND_BACK,
    HAND_BACK_BY_FAULT,
    GIVE_BACK,
    FORGET,
    CANCEL,
    EXPIRE
  }

  /**
   * An event.
   *
   * @param actor the server, or the API key of a client
   * @param number the number of the job, or the priority of a new one
   */
  private record Event(Deed deed, String actor, int number) {}

  @Provide
  static Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of(Deed.class),
            Arbitraries.of("one", "two"),
            Arbitraries.integers().between(0, 2))
        .as(Event::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(60);
  }

  /** The database, whose claims expire only when the test says so. */
  private static final class Stored implements LivesOfJobs {
    @Override
    public void add(String id, Sender sender) {
      store.add(TestStore.job(id, 1, 0, "", sender));
    }

    @Override
    public Optional<String> claim(String server) {
      Optional<String> claimed =
          store.claims().claim(server, TestStore.ANY).map(StoredJob.Claim::id);
      stopClock();
      return claimed;
    }

    @Override
    public boolean change(Change change) {
      boolean changed =
          store.claims().database().within(session -> change.in(new LifeRows(session), id -> id));
      stopClock();
      return changed;
    }

    private static void stopClock() {
      update("UPDATE sd_jobs SET lease = 9000000000000000 WHERE lease > 0 AND ended IS NULL");
    }

    @Override
    public void expire() {
      update("UPDATE sd_jobs SET lease = 0 WHERE ended IS NULL");
    }

    @Override
    public JobLife life(String id) {
      return store
          .claims()
          .database()
          .within(session -> new LifeRows(session).find(id).orElseThrow().life());
    }
  }

  private static LivesOfJobs.Change of(Deed deed, String server, String id, int attempt) {
    return new LivesOfJobs.Change() {
      @Override
      public <J, E extends Exception> boolean in(JobLives<J, E> lives, LivesOfJobs.Names<J> find)
          throws E {
        J job = find.of(id);
        return switch (deed) {
          case RENEW -> lives.renew(job, server, attempt).isPresent();
          case FINISH -> lives.end(job, server, attempt, JobState.DONE);
          case FAIL -> lives.end(job, server, attempt, JobState.FAILED);
          case HAND_BACK -> lives.handBack(job, server, attempt, false);
          case HAND_BACK_BY_FAULT -> lives.handBack(job, server, attempt, true);
          case GIVE_BACK -> lives.giveBack(job, server, attempt);
          case CANCEL -> lives.cancel(job);
          default -> throw new IllegalArgumentException(deed.name());
        };
      }
    };
  }

  /** Returns a life without its time, which each place counts by its own clock. */
  private static JobLife timeless(JobLife life) {
    return new JobLife(
        life.stage(), life.server(), life.attempt(), 0, life.cancelling(), life.avoided());
  }

  @Property(tries = 60)
  void anyOrder_isTheSameInMemoryAndInTheDatabase(@ForAll("events") List<Event> events) {
    List<LivesOfJobs> places = List.of(LivesOfJobs.inMemory(), new Stored());
    Map<String, Integer> attempts = new HashMap<>();
    for (Event event : events) {
      List<Object> answers = places.stream().map(place -> happen(event, place, attempts)).toList();
      assertThat(answers.get(1)).isEqualTo(answers.get(0));
      note(event, answers.get(0), places.get(0), attempts);
      for (String id : ids) {
        assertThat(timeless(places.get(1).life(id))).isEqualTo(timeless(places.get(0).life(id)));
      }
    }
  }

  private Object happen(Event event, LivesOfJobs place, Map<String, Integer> attempts) {
    String server = event.actor();
    return switch (event.deed()) {
      case ADD -> {
        place.add(
            "job" + ids.size(), new Sender(Optional.of(server), event.number(), Optional.empty()));
        yield true;
      }
      case CLAIM -> claimed.containsKey(server) ? Optional.empty() : place.claim(server);
      case EXPIRE -> {
        place.expire();
        yield true;
      }
      case FORGET -> true;
      case CANCEL ->
          event.number() < ids.size()
              && place.change(of(Deed.CANCEL, server, ids.get(event.number()), 0));
      default -> {
        Optional<String> id = Optional.ofNullable(claimed.get(server));
        yield id.isPresent()
            && place.change(
                of(event.deed(), server, id.get(), Objects.requireNonNull(attempts.get(server))));
      }
    };
  }

  private void note(Event event, Object answer, LivesOfJobs place, Map<String, Integer> attempts) {
    String server = event.actor();
    switch (event.deed()) {
      case ADD -> ids.add("job" + ids.size());
      case CLAIM ->
          ((Optional<?>) answer)
              .ifPresent(
                  id -> {
                    claimed.put(server, id.toString());
                    attempts.put(server, place.life(id.toString()).attempt());
                  });
      case CANCEL, EXPIRE, RENEW -> {}
      default -> claimed.remove(server);
    }
  }

  @Example
  void jobsOfTwoKeys_areClaimedInTurns_byPriority() {
    for (LivesOfJobs place : List.of(LivesOfJobs.inMemory(), new Stored())) {
      for (String id : List.of("a1", "a2", "a3", "b1", "c1")) {
        place.add(
            id,
            new Sender(
                Optional.of(id.substring(0, 1)), id.startsWith("c") ? 1 : 0, Optional.empty()));
      }
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        order.add(place.claim("server" + i).orElseThrow());
      }
      assertThat(order).containsExactly("c1", "a1", "b1", "a2", "a3");
      assertThat(place.life("a3").stage()).isEqualTo(JobStage.CLAIMED);
    }
  }
}
