package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.batch.BatchListener;
import dev.sdlora.batch.BatchPlan;
import dev.sdlora.batch.BatchResult;
import dev.sdlora.batch.BatchRunner;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ProgressLine;
import dev.sdlora.cli.console.TerminalLine;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Shows the progress of a batch on one line, and prints its results as they arrive. */
public final class BatchProgress implements BatchListener, AutoCloseable {
  private final Console console;
  private final boolean quiet;
  private final Optional<ProgressLine> line;

  /** Warnings already printed; the same warning about another line is not repeated. */
  private final Set<String> warned = new HashSet<>();

  public BatchProgress(Console console, boolean quiet) {
    this.console = console;
    this.quiet = quiet;
    this.line = console.progress(quiet);
  }

  @Override
  public void planned(BatchPlan plan) {
    plan.failed().stream()
        .filter(request -> request.error().isPresent())
        .forEach(request -> failed(request.error().get()));
    long before = plan.failed().stream().filter(request -> request.error().isEmpty()).count();
    if (before > 0) {
      console.warn(
          "%s failed before and %s skipped; use --retry-failed to retry"
              .formatted(
                  before == 1 ? "a request" : before + " requests", before == 1 ? "is" : "are"));
    }
  }

  @Override
  public void progress(Progress progress) {
    line.ifPresent(shown -> shown.show(text(progress)));
  }

  /** Returns a text such as {@code image 4/40 [###---] step 3/20, 1:05 left}. */
  public static String text(Progress progress) {
    StringBuilder text = new StringBuilder();
    text.append(
        "image %s/%s %s"
            .formatted(
                progress.finished() + 1,
                progress.total(),
                TerminalLine.bar(progress.finished(), progress.total())));
    if (progress.steps() > 0) {
      text.append(" step %s/%s".formatted(progress.step(), progress.steps()));
    }
    progress.left().ifPresent(left -> text.append(", ").append(TerminalLine.left(left)));
    return text.toString();
  }

  @Override
  public void result(BatchResult result) {
    clear();
    if (console.json()) {
      console.out().println(result.json());
    } else {
      result.file().ifPresent(console.out()::println);
    }
    console.out().flush();
    result
        .generated()
        .ifPresent(
            drawn ->
                drawn.warnings().stream()
                    .filter(warned::add)
                    .forEach(
                        sentence ->
                            console.warn(
                                "line %s of the manifest: %s"
                                    .formatted(result.request().line(), sentence))));
    result
        .error()
        .ifPresent(
            sentence ->
                failed("line %s of the manifest: %s".formatted(result.request().line(), sentence)));
  }

  private void failed(String sentence) {
    console.fail(sentence);
  }

  /** Prints the totals. */
  public void summary(BatchRunner.Summary summary) {
    clear();
    if (console.json()) {
      ObjectNode json = Json.object();
      json.put("drawn", summary.drawn());
      json.put("there", summary.there());
      json.put("failed", summary.failed());
      json.put("checkpointLoads", summary.checkpointLoads());
      json.put("loraSwitches", summary.loraSwitches());
      json.put("seconds", summary.elapsed().toMillis() / 1e3);
      console.out().println(Json.line(json));
    } else if (!quiet) {
      console
          .err()
          .println(
              "%s generated, %s already done, %s failed, in %s; loaded a checkpoint %s, switched LoRAs %s"
                  .formatted(
                      summary.drawn(),
                      summary.there(),
                      summary.failed(),
                      TerminalLine.clock(summary.elapsed()),
                      BatchPlanView.times(summary.checkpointLoads()),
                      BatchPlanView.times(summary.loraSwitches())));
    }
  }

  /** Clears the line. */
  public void clear() {
    line.ifPresent(ProgressLine::clear);
  }

  @Override
  public void close() {
    clear();
  }
}
