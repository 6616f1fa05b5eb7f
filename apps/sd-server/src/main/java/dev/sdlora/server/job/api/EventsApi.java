package dev.sdlora.server.job.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.EventStream;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All jobs as one event stream. It begins with the full state, so that clients can reconnect
 * without remembering anything; then it sends changes, at most ten times a second.
 */
final class EventsApi {
  private static final long ROUND_MILLIS = 100;
  private static final long SIGN_OF_LIFE_MILLIS = 10_000;

  private final JobQueue queue;
  private final JobJson json;
  private final Watchers watchers;

  EventsApi(JobQueue queue, JobJson json, Watchers watchers) {
    this.queue = queue;
    this.json = json;
    this.watchers = watchers;
  }

  void events(Context context) throws InterruptedException {
    boolean previews = !"false".equals(context.queryParam("previews"));
    watchers.send(Optional.empty(), () -> sendAll(context, previews));
  }

  private void sendAll(Context context, boolean previews) throws InterruptedException {
    try (ClientConnection client = ClientConnection.listening(context)) {
      EventStream stream = EventStream.begin(context);
      ClientState state = new ClientState(stream, previews);
      long seen = state.everything();
      long quiet = System.nanoTime();
      while (!client.isGone() && !queue.isOver()) {
        long change = queue.awaitChange(seen, ROUND_MILLIS);
        long now = System.nanoTime();
        if (change != seen) {
          state.sendChanges();
          quiet = now;
          seen = change;
          TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS);
        } else if (now - quiet > SIGN_OF_LIFE_MILLIS * 1_000_000) {
          stream.signOfLife();
          quiet = now;
        }
      }
      state.sendChanges();
    }
  }

  /** The state that one client knows. */
  private final class ClientState {
    private final EventStream stream;
    private final boolean previews;
    private Map<String, Known> known = new HashMap<>();

    private record Known(long version, int place, @Nullable BufferedImage preview) {}

    ClientState(EventStream stream, boolean previews) {
      this.stream = stream;
      this.previews = previews;
    }

    /** Sends all jobs; returns the change counter. */
    long everything() throws InterruptedException {
      long seen = queue.awaitChange(-1, 0);
      for (Job job : queue.jobs()) {
        known.put(job.id(), new Known(job.snapshot().version(), queue.place(job), null));
      }
      stream.send("jobs", Fields.object().set("jobs", json.all()));
      return seen;
    }

    void sendChanges() {
      Map<String, Known> now = new HashMap<>();
      for (Job job : queue.jobs()) {
        now.put(job.id(), send(job, Optional.ofNullable(known.get(job.id()))));
      }
      for (String id : known.keySet()) {
        if (!now.containsKey(id)) {
          stream.send("removed", Fields.object().put("id", id));
        }
      }
      known = now;
    }

    private Known send(Job job, Optional<Known> before) {
      long version = job.snapshot().version();
      int place = queue.place(job);
      BufferedImage preview = previews ? job.preview().orElse(null) : null;
      boolean same =
          before.isPresent() && before.get().version() == version && before.get().place() == place;
      if (!same) {
        stream.send("job", json.of(job));
      }
      if (preview != null && before.map(Known::preview).orElse(null) != preview) {
        stream.send("preview", preview(job, preview));
      }
      return new Known(version, place, preview);
    }

    private ObjectNode preview(Job job, BufferedImage preview) {
      String data = "data:image/png;base64," + Base64Images.base64(Base64Images.png(preview));
      return Fields.object().put("id", job.id()).put("image", data);
    }
  }
}
