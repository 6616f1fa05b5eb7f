package dev.sdlora.models.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, read piece by piece with back pressure. If the site sends nothing for too
 * long, reading fails, unlike with the streams of {@code java.net.http}. Not safe for use by
 * several threads.
 */
public final class Body implements AutoCloseable {
  private final Duration patience;
  private final Semaphore opened = new Semaphore(0);
  private volatile Flow.@Nullable Subscription subscription;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  /** An event of the connection. */
  private sealed interface Event {
    record Piece(List<ByteBuffer> buffers) implements Event {}

    record Failure(Throwable cause) implements Event {}

    record End() implements Event {}
  }

  Body(Flow.Publisher<List<ByteBuffer>> publisher, Duration patience) {
    this.patience = patience;
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription made) {
            subscription = made;
            opened.release();
            if (ended) {
              made.cancel();
            }
          }

          @Override
          public void onNext(List<ByteBuffer> buffers) {
            events.add(new Event.Piece(buffers));
          }

          @Override
          public void onError(Throwable cause) {
            events.add(new Event.Failure(cause));
          }

          @Override
          public void onComplete() {
            events.add(new Event.End());
          }
        });
  }

  /**
   * Waits for the next piece.
   *
   * @return empty at the end
   * @throws IOException if the connection breaks, or no data arrives for too long
   */
  public Optional<List<ByteBuffer>> next() throws IOException, InterruptedException {
    if (ended) {
      return Optional.empty();
    }
    opened().request(1);
    Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (event instanceof Event.Piece piece) {
      return Optional.of(piece.buffers());
    }
    if (event instanceof Event.End) {
      ended = true;
      return Optional.empty();
    }
    if (event instanceof Event.Failure failure) {
      ended = true;
      throw new IOException(String.valueOf(failure.cause().getMessage()), failure.cause());
    }
    throw new IOException("no data received for " + patience.toSeconds() + " s");
  }

  /** The subscription, which is created on another thread. */
  private Flow.Subscription opened() throws IOException, InterruptedException {
    Flow.Subscription made = subscription;
    if (made == null && opened.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      made = subscription;
    }
    if (made == null) {
      throw new IOException("no data received for " + patience.toSeconds() + " s");
    }
    return made;
  }

  /**
   * Reads the whole body.
   *
   * @param most the maximum length in bytes
   * @throws IOException if the body is longer, or the connection breaks
   */
  public byte[] bytes(int most) throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Optional<List<ByteBuffer>> piece = next(); piece.isPresent(); piece = next()) {
      for (ByteBuffer buffer : piece.get()) {
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
      if (bytes.size() > most) {
        throw new IOException("the response has more than " + most + " bytes");
      }
    }
    return bytes.toByteArray();
  }

  /** Cancels the rest of the body. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      Flow.Subscription made = subscription;
      if (made != null) {
        made.cancel();
      }
    }
  }
}
