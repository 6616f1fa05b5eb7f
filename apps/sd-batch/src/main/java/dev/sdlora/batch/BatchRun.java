package dev.sdlora.batch;

import dev.sdlora.api.error.GenerationCancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of a batch: claims requests, draws them, and writes their results. */
final class BatchRun {
  private final RequestStates states;
  private final ResultFile results;
  private final OutputFolder output;
  private final BatchDrawer drawer;
  private final BatchListener listener;
  private final long begin = System.nanoTime();
  private final BatchPlan plan;
  private final RemainingTime time;
  private int finished;
  private int drawn;
  private int failed;

  /**
   * An exception that the listener threw while a pipeline was drawing; not a failure of the
   * pipeline.
   */
  private Optional<RuntimeException> ofListener = Optional.empty();

  BatchRun(
      BatchPlan plan,
      RequestStates states,
      ResultFile results,
      OutputFolder output,
      BatchDrawer drawer,
      BatchListener listener) {
    this.states = states;
    this.results = results;
    this.output = output;
    this.drawer = drawer;
    this.listener = listener;
    this.plan = plan;
    this.time = new RemainingTime(plan.work(), System::nanoTime);
  }

  BatchRunner.Summary run() {
    listener.planned(plan);
    plan.there().forEach(this::adopt);
    plan.failed().forEach(this::refuse);
    List<BatchRequest> drawnByOthers = new ArrayList<>();
    for (BatchRequest request : plan.work()) {
      if (!output.ifFree(request, () -> work(request))) {
        drawnByOthers.add(request);
      }
    }
    for (BatchRequest request :
        drawnByOthers) { // If the other process ends before it is done, draw it here.
      output.whenFree(request, () -> work(request));
    }
    failed += plan.failed().size();
    return new BatchRunner.Summary(
        drawn,
        plan.requests() - drawn - failed,
        failed,
        drawer.switches().checkpointLoads(),
        drawer.switches().loraSwitches(),
        Duration.ofNanos(System.nanoTime() - begin));
  }

  private void adopt(BatchRequest request) {
    if (!isRecorded(request)) {
      output.ifFree(request, () -> reportImage(request)); // Otherwise another process is about to.
    }
  }

  /** Writes the missing result of an image whose run ended before it could. */
  private void reportImage(BatchRequest request) {
    results.readOn();
    if (!isRecorded(request)) {
      record(
          new BatchResult(
              request, Optional.of(output.file(request)), Optional.empty(), Optional.empty()));
    }
  }

  private boolean isRecorded(BatchRequest request) {
    return results.find(request).filter(entry -> !entry.failed()).isPresent();
  }

  private void refuse(BatchRequest request) {
    if (request.error().isPresent() && results.find(request).isEmpty()) {
      output.ifFree(
          request,
          () -> {
            results.readOn();
            if (results.find(request).isEmpty()) {
              record(BatchResult.failure(request, request.error().get()));
            }
          });
    }
  }

  private void work(BatchRequest request) {
    results.readOn();
    RequestStates.State state = states.now(request);
    if (state == RequestStates.State.OPEN) {
      time.begin();
      BatchResult result = draw(request);
      record(result);
      drawn += result.file().isPresent() ? 1 : 0;
      failed += result.file().isPresent() ? 0 : 1;
      finished++;
      listener.result(result);
    } else {
      if (state == RequestStates.State.THERE) {
        reportImage(request);
      }
      time.passed(request);
      failed += state == RequestStates.State.FAILED ? 1 : 0;
      finished++;
    }
  }

  private BatchResult draw(BatchRequest request) {
    StepCounter counter = new StepCounter(steps -> tell(request, steps));
    tell(request, counter.none());
    try {
      var generated = drawer.draw(request, counter);
      output.write(request, generated.first().png());
      time.drawn(request);
      return new BatchResult(
          request, Optional.of(output.file(request)), Optional.of(generated), Optional.empty());
    } catch (GenerationCancelledException | BatchException e) {
      throw e;
    } catch (RuntimeException e) {
      if (ofListener.isPresent()) {
        throw ofListener.get();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new GenerationCancelledException("the batch was cancelled");
      }
      time.passed(request);
      return BatchResult.failure(request, BatchDrawer.sentence(e));
    }
  }

  private void tell(BatchRequest request, StepCounter.Steps steps) {
    double share = steps.total() == 0 ? 0 : (double) steps.done() / steps.total();
    try {
      listener.progress(
          new BatchListener.Progress(
              request,
              steps.done(),
              steps.total(),
              finished,
              plan.work().size(),
              time.left(request, share)));
    } catch (RuntimeException e) {
      ofListener = Optional.of(e);
      throw e;
    }
  }

  private void record(BatchResult result) {
    output.whileNobodyWrites(() -> results.add(result.toJson()));
  }
}
