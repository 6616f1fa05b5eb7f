package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.request.Fields;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work that somebody asked for, from its arrival to its end. Safe for use by several
 * threads: those that ask how far it is, and those that do it.
 */
public final class Job {
  private final String id;
  private final Request request;
  private final Instant created = Instant.now();
  private final long settingsBytes;
  private final JobQueue queue;

  // All below is guarded by this.
  private JobState state = JobState.WAITING;
  private boolean handedOver;
  private boolean cancelling;
  private boolean interrupted;
  private boolean ending;
  private long version;
  private long startedAt;
  private long endedAt;
  private int begun;
  private int step;
  private int steps;
  private final Previews previews;
  private final List<GeneratedImage> finished = new ArrayList<>();
  private List<String> warnings = List.of();
  private List<LoraReport> loras = List.of();
  private @Nullable Throwable failure;

  Job(String id, Request request, JobQueue queue) {
    this.id = id;
    this.request = request;
    this.queue = queue;
    this.previews = new Previews(request.keptPreviews());
    this.settingsBytes = HeldBytes.of(Fields.text(request.settings()));
  }

  /**
   * What a job is made of.
   *
   * @param kind what the client called, such as {@code txt2img}
   * @param settings as fields of the interface that takes such jobs, without large images; not to
   *     be changed any more
   * @param keptPreviews how many previews of the way are kept, spread evenly over the steps of each
   *     part
   */
  public record Request(String kind, Work work, ObjectNode settings, int keptPreviews) {
    /** Keeps only the latest preview. */
    public Request(String kind, Work work, ObjectNode settings) {
      this(kind, work, settings, 0);
    }
  }

  /**
   * How far a job is, at one moment.
   *
   * @param version grows with every change
   * @param begun how many parts have begun, those that are finished or skipped included
   * @param step of the part under way; 0 before its first is done
   * @param steps of each part; 0 before the first is known
   * @param fraction 0 to 1, of all parts
   * @param secondsLeft an estimate; 0 where nothing is known
   */
  public record Snapshot(
      JobState state,
      long version,
      int begun,
      int step,
      int steps,
      double fraction,
      double secondsLeft) {}

  /** The queue has a place for it. */
  void start() {
    synchronized (this) {
      if (ending) {
        return;
      }
      handedOver = true;
    }
    try {
      var unused =
          request.work().start(new Heard()).whenComplete((outcome, failed) -> end(outcome, failed));
    } catch (RuntimeException | Error e) { // The pipeline is closed, say.
      end(null, e);
    }
  }

  /** Ends it within a step; what is finished stays. Does nothing at its end. */
  public void cancel() {
    boolean waits;
    synchronized (this) {
      cancelling = true;
      waits = !handedOver;
    }
    if (waits) {
      end(null, new CancellationException());
    } else {
      request.work().cancel();
    }
  }

  /**
   * Ends it soon, as {@link #cancel}; the part under way is kept as it is, where that makes sense.
   */
  public void interrupt() {
    boolean runs;
    synchronized (this) {
      runs = state == JobState.RUNNING;
      interrupted |= runs;
    }
    if (runs) {
      request.work().interrupt();
    } else {
      cancel();
    }
  }

  /** Leaves the part under way out and goes on with the next. */
  public void skip() {
    if (snapshot().state() == JobState.RUNNING) {
      request.work().skip();
    }
  }

  /** Ends without having begun, or with what its work ended with. */
  private void end(Work.@Nullable Outcome outcome, @Nullable Throwable failed) {
    Throwable cause = failed instanceof CompletionException e ? e.getCause() : failed;
    synchronized (this) {
      if (ending) {
        return;
      }
      ending = true;
      if (outcome != null) {
        warnings = outcome.warnings();
        loras = outcome.loras();
      }
    }
    List<String> added = queue.workEnded(this);
    request.work().release();
    synchronized (this) {
      List<String> all = new ArrayList<>(warnings);
      all.addAll(added);
      warnings = List.copyOf(all);
      failure = cause;
      state = interrupted && cause == null ? JobState.CANCELLED : JobState.after(cause, cancelling);
      endedAt = System.nanoTime();
      previews.forgetLatest();
      changed();
    }
    queue.ended(this);
  }

  /**
   * Waits until there is more to tell than in a snapshot, or some time is over.
   *
   * @param seen the version of that snapshot
   * @return how far it is then
   */
  public synchronized Snapshot await(long seen, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (version == seen && !state.isEnd() && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return snapshot();
  }

  /** How far it is. */
  public synchronized Snapshot snapshot() {
    double ofPart = steps == 0 ? 0 : (double) step / steps;
    double done = state == JobState.DONE ? 1 : (Math.max(0, begun - 1) + ofPart) / parts();
    double passed = startedAt == 0 ? 0 : (System.nanoTime() - startedAt) / 1e9;
    double left = done <= 0 || state.isEnd() ? 0 : passed / done * (1 - done);
    return new Snapshot(state, version, begun, step, steps, done, left);
  }

  private void changed() {
    version++;
    notifyAll();
    queue.changes().next();
  }

  /** By which it is asked for. */
  public String id() {
    return id;
  }

  /** What the client called. */
  public String kind() {
    return request.kind();
  }

  /** What people know it by: the prompt, say. */
  public String title() {
    return request.work().title();
  }

  /** What it does. */
  public Work work() {
    return request.work();
  }

  /** What was asked for; not to be changed. */
  public ObjectNode settings() {
    return request.settings();
  }

  /** Estimates the heap that it holds: what it was asked for, what it made, what it reports. */
  long heldBytes() {
    long held = settingsBytes + HeldBytes.of(title()) + request.work().heldBytes();
    synchronized (this) {
      return held
          + finished.stream().mapToLong(HeldBytes::of).sum()
          + previews.kept().stream().mapToLong(HeldBytes::of).sum()
          + warnings.stream().mapToLong(HeldBytes::of).sum();
    }
  }

  /** How many parts it has, such as images. */
  public int parts() {
    return request.work().parts();
  }

  /** When it arrived. */
  public Instant created() {
    return created;
  }

  /** The time from its start to its end, or to now; 0 before it started. */
  public synchronized double seconds() {
    long until = endedAt == 0 ? System.nanoTime() : endedAt;
    return startedAt == 0 ? 0 : (until - startedAt) / 1e9;
  }

  /** The images that are finished, in the order of their seeds. */
  public synchronized List<GeneratedImage> finished() {
    return List.copyOf(finished);
  }

  /** The latest look at the image under way. */
  public synchronized Optional<BufferedImage> preview() {
    return previews.latest();
  }

  /** The looks that were kept on the way, of all parts. */
  public synchronized List<BufferedImage> keptPreviews() {
    return previews.kept();
  }

  /** What was passed over. */
  public synchronized List<String> warnings() {
    return warnings;
  }

  /** What became of the LoRAs. */
  public synchronized List<LoraReport> loras() {
    return loras;
  }

  /** Why it ended early. */
  public synchronized Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** What the work tells. */
  private final class Heard implements Progress {
    @Override
    public void begun() {
      tell(
          () -> {
            if (state == JobState.WAITING) {
              state = JobState.RUNNING;
              startedAt = System.nanoTime();
            }
          });
    }

    @Override
    public void partBegun() {
      tell(
          () -> {
            begun++;
            step = 0;
          });
    }

    @Override
    public void step(int number, int total, Optional<BufferedImage> look) {
      tell(
          () -> {
            step = number;
            steps = total;
            look.ifPresent(image -> previews.add(image, number, total));
          });
    }

    @Override
    public void image(GeneratedImage image) {
      tell(() -> finished.add(image));
    }

    @Override
    public void changed() {
      tell(() -> {});
    }

    private void tell(Runnable change) {
      synchronized (Job.this) {
        if (!ending) {
          change.run();
          Job.this.changed();
        }
      }
    }
  }
}
