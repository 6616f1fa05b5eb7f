package dev.sdlora.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.PromptView;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sd prompt}: explains the parsing of a prompt, or lists the words that a model was trained
 * on.
 */
@Command(
    name = "prompt",
    description = "Explain how a prompt is parsed, or list the words that a model was trained on.")
final class PromptCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Parameters(arity = "0..1", paramLabel = "TEXT", description = "Prompt, in A1111's syntax.")
  private Optional<String> text = Optional.empty();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "JSON array of prompts to explain; with --json, prints one object per line.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--words",
      description =
          "List the words that the model was trained on, in alphabetical order; few models contain"
              + " them.")
  private boolean words;

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description =
          "Model: a file, a folder or a published model (see sd get). Shows the tokens that its"
              + " family reads, and warns about prompt words that it was not trained on, if it"
              + " lists its words. Default: the bundled tiny model for --words, else none.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--steps",
      defaultValue = "20",
      description =
          "Number of steps; double it for samplers that call the model twice per step. Default:"
              + " ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--hires-steps",
      defaultValue = "0",
      description = "Steps of a second pass; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int hiresSteps;

  @Option(names = "--negative", description = "Treat the prompt as a negative prompt.")
  private boolean negative;

  @Option(
      names = "--embedding-dir",
      paramLabel = "DIR",
      description =
          "Folder with textual inversion embeddings, whose vectors count as tokens; repeatable.")
  private List<Path> embeddingDirectories = new ArrayList<>();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder with LoRAs, to warn about missing LoRAs and missing trigger words; repeatable.")
  private List<Path> loraDirectories = new ArrayList<>();

  @Option(names = "--strict", description = "Reject malformed prompts.")
  private boolean strict;

  @Override
  public Integer call() {
    if (Stream.of(text.isPresent(), file.isPresent(), words).filter(given -> given).count() != 1) {
      throw console.badUsage("specify exactly one of a prompt, --file or --words");
    }
    if (words) {
      listWords(open().orElseGet(() -> Checkpoint.open(BundledModel.checkpoint())));
      return ExitCode.OK;
    }
    OptionValue.set("--steps", Optional.of(steps), n -> Checks.inRange(1, 1000, n, "steps"));
    OptionValue.set(
        "--hires-steps", Optional.of(hiresSteps), n -> Checks.inRange(0, 1000, n, "hiresSteps"));
    Optional<Checkpoint> model = open();
    PromptExplanation.Options options =
        new PromptExplanation.Options(
            steps,
            hiresSteps == 0 ? OptionalInt.empty() : OptionalInt.of(hiresSteps),
            negative,
            embeddings(),
            PromptLimits.DEFAULTS,
            loraDirectories.isEmpty()
                ? Optional.empty()
                : Optional.of(LoraLibrary.open(loraDirectories)),
            model.map(Checkpoint::words).orElse(List.of()),
            model.map(Checkpoint::family).orElse(ModelFamily.UNKNOWN));
    text.ifPresent(prompt -> explain(prompt, options));
    return file.isPresent() ? explainAll(prompts(file.get()), options) : ExitCode.OK;
  }

  private Optional<Checkpoint> open() {
    return PublishedFile.path(checkpoint, console).map(Checkpoint::open);
  }

  private void listWords(Checkpoint model) {
    List<String> sorted = model.words().stream().sorted().toList();
    if (sorted.isEmpty()) {
      throw new StableDiffusionException(
          "checkpoint '" + model.path() + "' does not list the words it was trained on");
    }
    if (console.json()) {
      console.out().println(Json.line(Json.object().set("words", Json.tree(sorted))));
    } else {
      print(sorted);
    }
  }

  /** Prints the entries wrapped, since there may be thousands. */
  private void print(List<String> entries) {
    StringBuilder line = new StringBuilder();
    for (String entry : entries) {
      if (line.length() + entry.length() + ", ,".length() > console.width() && !line.isEmpty()) {
        console.out().println(line.append(','));
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : ", ").append(entry);
    }
    console.out().println(line);
  }

  private void explain(String prompt, PromptExplanation.Options options) {
    Prompt parsed = Prompt.parse(prompt, strict ? PromptMode.STRICT : PromptMode.A1111);
    PromptExplanation explanation = parsed.explain(options);
    if (console.json()) {
      console.out().println(Json.line(PromptView.toJson(explanation)));
    } else {
      PromptView.print(explanation, console.out());
    }
  }

  private List<Embedding> embeddings() {
    return embeddingDirectories.isEmpty()
        ? List.of()
        : EmbeddingLibrary.open(embeddingDirectories).list();
  }

  /** Explains all prompts, including those after a prompt with an error, in order. */
  private int explainAll(List<String> prompts, PromptExplanation.Options options) {
    int exitCode = ExitCode.OK;
    for (String prompt : prompts) {
      try {
        explain(prompt, options);
      } catch (PromptSyntaxException e) {
        exitCode = ExitCode.SOFTWARE;
        console.fail(String.valueOf(e.getMessage()));
        if (console.json()) {
          console.out().println(Json.line(PromptView.toJson(prompt, e)));
        }
      }
    }
    return exitCode;
  }

  private static String reason(IOException e) {
    return e instanceof JsonProcessingException json
        ? "not valid JSON: " + SettingsJson.reason(json)
        : FileReason.of(e);
  }

  private static List<String> prompts(Path file) {
    JsonNode array;
    try {
      array = Json.read(file);
    } catch (IOException e) {
      throw new StableDiffusionException("'%s' cannot be read: %s".formatted(file, reason(e)), e);
    }
    List<String> prompts = new ArrayList<>();
    for (JsonNode element : array) {
      if (element.isTextual()) {
        prompts.add(element.textValue());
      }
    }
    if (!array.isArray() || prompts.size() < array.size()) {
      throw new StableDiffusionException("'" + file + "' is not a JSON array of strings");
    }
    return prompts;
  }
}
