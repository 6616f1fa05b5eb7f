package dev.sdlora.server.job.shared;

import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.job.store.StoredJob;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models and files of a server that draws. Safe for use by several threads. */
public interface ModelProvider {
  /** Returns the number of jobs that are drawn at once; 0 if this server draws none. */
  int places();

  /** Returns the names of the checkpoints; empty if this server gets those that it lacks. */
  Optional<List<String>> models();

  /** Returns the name of the checkpoint that is in memory; empty text if there is none. */
  String held();

  /** Whether a job can be drawn next to those that are drawn now. */
  boolean fits(StoredJob.Needs needs);

  /**
   * Prepares a job: gets what it needs, which may take minutes.
   *
   * @param alone whether no other job is drawn now
   * @return what its request can name
   * @throws UnavailableException if it needs something that cannot be had now
   */
  RequestContext open(StoredJob.Needs needs, boolean alone);

  /**
   * Tries again to get what {@link #open} could not get because of this server's own fault.
   *
   * @throws UnavailableException if it still cannot be had
   */
  default void probe() {}

  /** Thrown if this server cannot draw a job that another one may be able to draw. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean fault;

    /**
     * Creates an exception with a sentence.
     *
     * @param fault whether the cause is this server, such as a wrong key, rather than the job
     */
    public UnavailableException(String message, @Nullable Throwable cause, boolean fault) {
      super(message, cause);
      this.fault = fault;
    }

    /** Whether the cause is this server, so that other jobs may fail, too. */
    public boolean isFault() {
      return fault;
    }
  }

  /** Returns the checkpoints of a server that has all of them. */
  static ModelProvider of(RequestContext requestContext) {
    return new ModelProvider() {
      private volatile String held = requestContext.model().name();

      @Override
      public int places() {
        return requestContext.pipeline().concurrency();
      }

      @Override
      public Optional<List<String>> models() {
        return Optional.of(requestContext.checkpoints().stream().map(Model::name).toList());
      }

      @Override
      public String held() {
        return held;
      }

      @Override
      public boolean fits(StoredJob.Needs needs) {
        return true;
      }

      @Override
      public RequestContext open(StoredJob.Needs needs, boolean alone) {
        held = needs.model();
        return requestContext.of(needs.model());
      }
    };
  }

  /** Returns the models of a server that draws nothing. */
  static ModelProvider none() {
    return new ModelProvider() {
      @Override
      public int places() {
        return 0;
      }

      @Override
      public Optional<List<String>> models() {
        return Optional.of(List.of());
      }

      @Override
      public String held() {
        return "";
      }

      @Override
      public boolean fits(StoredJob.Needs needs) {
        return false;
      }

      @Override
      public RequestContext open(StoredJob.Needs needs, boolean alone) {
        throw new IllegalStateException("this server draws nothing");
      }
    };
  }
}
