package dev.sdlora.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What there is of requests in a folder: by the results that are told, and by the images. */
final class RequestStates {
  private final Path folder;
  private final ResultFile results;
  private final boolean retryFailed;

  /**
   * The states in a folder.
   *
   * @param retryFailed whether what failed before this run is still to be drawn
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

  /** What there is of a request that is to be drawn: only failures of this run end it. */
  State now(BatchRequest request) {
    return state(request, false);
  }

  private State state(BatchRequest request, boolean formerFailures) {
    Optional<ResultFile.Entry> known = results.find(request);
    // A name that was made of the settings says what is in the file, also if nothing else does.
    boolean sure = known.filter(entry -> !entry.failed()).isPresent() || request.namesItself();
    if (sure && OutputFolder.isWhole(folder.resolve(request.file()))) {
      return State.THERE;
    }
    return known.filter(entry -> entry.failed() && (entry.fresh() || formerFailures)).isPresent()
        ? State.FAILED
        : State.OPEN;
  }

  /** What is left to do, before anything is done. */
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
