package dev.sdlora.spark;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.batch.BatchDrawer;
import dev.sdlora.batch.BatchRequest;
import java.io.ByteArrayInputStream;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Generates the missing images of a partition and returns a row for each request. */
final class DrawRequests implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  private final DrawingSettings settings;
  private final String output;
  private final SerializableConfiguration hadoop;

  DrawRequests(DrawingSettings settings, String output, SerializableConfiguration hadoop) {
    this.settings = settings;
    this.output = output;
    this.hadoop = hadoop;
  }

  /**
   * Processes the whole partition in one turn, because the result rows are small and other
   * partitions would switch LoRAs.
   */
  @Override
  public Iterator<Row> call(Iterator<Row> requests) {
    if (!requests.hasNext()) {
      return requests;
    }
    TaskContext task = TaskContext.get();
    ImageStore store =
        ImageStore.open(output, hadoop.value(), String.valueOf(task.taskAttemptId()));
    return ExecutorDrawers.inTurn(
        settings,
        Devices.of(task.resourcesJMap()),
        drawer -> {
          List<Row> results = new ArrayList<>();
          while (requests.hasNext()) {
            task.killTaskIfInterrupted();
            results.add(result(RequestRows.request(requests.next()), store, drawer, task));
          }
          return results.iterator();
        });
  }

  private static Row result(
      BatchRequest request, ImageStore store, BatchDrawer drawer, TaskContext task) {
    if (request.error().isPresent()) {
      return ResultRows.failure(request, request.error().get());
    }
    Optional<byte[]> there = store.read(request);
    if (there.isPresent()) {
      return ResultRows.there(request, store.uri(request), parameters(there.get()));
    }
    GenerationResult drawn;
    byte[] png;
    try {
      drawn = drawer.draw(request, new EndOfTask(task));
      png = drawn.first().png();
    } catch (GenerationCancelledException e) {
      task.killTaskIfInterrupted(); // Spark's own exception does not count as a failure.
      throw e;
    } catch (RuntimeException e) {
      task.killTaskIfInterrupted();
      return ResultRows.failure(request, BatchDrawer.sentence(e));
    }
    store.write(request, png);
    return ResultRows.drawn(request, store.uri(request), parameters(png), drawn);
  }

  /** Returns the settings in an image; an image without settings is valid too. */
  private static Optional<String> parameters(byte[] png) {
    try {
      return Optional.of(GeneratedImage.readInfotext(new ByteArrayInputStream(png)));
    } catch (ImageFileException e) {
      return Optional.empty();
    }
  }

  /** Cancels generation after the current step if the task is killed. */
  private static final class EndOfTask implements GenerationListener {
    private final TaskContext task;

    EndOfTask(TaskContext task) {
      this.task = task;
    }

    @Override
    public void stepEnd(Step step, Supplier<Image> preview) {
      if (task.isInterrupted()) {
        throw new GenerationCancelledException("the task was cancelled");
      }
    }
  }
}
