package dev.sdlora.server.grids;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.LoraReports;
import dev.sdlora.server.job.HeldBytes;
import dev.sdlora.server.job.InterruptibleWork;
import dev.sdlora.server.job.JobProgress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Draws a grid; the sheet becomes the image of the job, and the cells are kept next to it. */
final class GridWork extends InterruptibleWork {
  private final Pipeline pipeline;
  private final GridPlan plan;

  // The fields below are guarded by this.
  /** PNG files, because they take less memory than pixels. */
  private final List<byte[]> cells = new ArrayList<>();

  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<JsonNode> loras = new LinkedHashSet<>();

  GridWork(Pipeline pipeline, GridPlan plan) {
    super("sd-server-grid");
    this.pipeline = pipeline;
    this.plan = plan;
    warnings.addAll(plan.warnings());
  }

  @Override
  public String title() {
    return plan.spec().prompt();
  }

  @Override
  public int parts() {
    return plan.columns().labels().size() * plan.rows().map(axis -> axis.labels().size()).orElse(1);
  }

  @Override
  public synchronized long heldBytes() {
    return HeldBytes.of(plan.spec()) + cells.stream().mapToLong(cell -> cell.length).sum();
  }

  @Override
  protected Outcome run(JobProgress progress) {
    progress.image(interruptibly(() -> plan.grid().draw(pipeline, new Watch(progress))));
    synchronized (this) {
      return new Outcome(List.copyOf(warnings), List.copyOf(loras));
    }
  }

  @Override
  public synchronized Optional<ObjectNode> details() {
    return Optional.of(plan.axes().put("finished_cells", cells.size()));
  }

  /** Returns the finished cells, row by row. */
  @Override
  public synchronized List<byte[]> cells() {
    return List.copyOf(cells);
  }

  private final class Watch implements GenerationListener {
    private final JobProgress progress;

    Watch(JobProgress progress) {
      this.progress = progress;
    }

    @Override
    public void generationStart(PromptSpec spec) {
      progress.begun();
    }

    @Override
    public void imageStart(int index, long seed) {
      progress.partBegun();
    }

    @Override
    public void stepEnd(Step done, Supplier<Image> preview) {
      progress.step(done.number(), done.total(), Optional.of(preview.get().toBufferedImage()));
    }

    @Override
    public void imageEnd(int index, GeneratedImage image) {
      byte[] cell = image.png();
      synchronized (GridWork.this) {
        cells.add(cell);
      }
      progress.changed();
    }

    @Override
    public void generationEnd(GenerationResult result) {
      synchronized (GridWork.this) {
        warnings.addAll(result.warnings());
        result.loras().forEach(report -> loras.add(LoraReports.withFileName(report)));
      }
    }
  }
}
