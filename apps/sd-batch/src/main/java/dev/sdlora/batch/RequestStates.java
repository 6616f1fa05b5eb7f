package dev.sdlora.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The states of requests in a folder, from the recorded results and the images. */
final class RequestStates {
  private final Path folder;
  private final ResultFile results;
  private final boolean retryFailed;

  /**
   * Creates the states of a folder.
   *
   * @param retryFailed whether to retry requests that failed before this run
   */
  RequestStates(Path folder, ResultFile results, boolean retryFailed) {
    this.folder = folder;
    this.results = results;
    this.retryFailed = retryFailed;
  }

  enum State {
    OPEN,
    THERE,
    FAILED
  }

  /** Returns the state of a planned request; failures count only if they are of this run. */
  State now(BatchRequest request) {
    return state(request, false);
  }

  private State state(BatchRequest request, boolean formerFailures) {
    Optional<ResultFile.Entry> known = results.find(request);
    // An id derived from the settings identifies the image even without a result.
    boolean sure = known.filter(entry -> !entry.failed()).isPresent() || request.namesItself();
    if (sure && OutputFolder.isWhole(folder.resolve(request.file()))) {
      return State.THERE;
    }
    return known.filter(entry -> entry.failed() && (entry.fresh() || formerFailures)).isPresent()
        ? State.FAILED
        : State.OPEN;
  }

  /** Returns the remaining work before the run. */
  BatchPlan plan(List<BatchRequest> requests) {
    List<BatchRequest> work = new ArrayList<>();
    List<BatchRequest> there = new ArrayList<>();
    List<BatchRequest> failed = new ArrayList<>();
    for (BatchRequest request : requests) {
      switch (state(request, !retryFailed)) {
        case THERE -> there.add(request);
        case FAILED -> failed.add(request);
        case OPEN -> (request.error().isPresent() ? failed : work).add(request);
      }
    }
    return new BatchPlan(BatchPlan.ordered(work), there, failed);
  }
}
