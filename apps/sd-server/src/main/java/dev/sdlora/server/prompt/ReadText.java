package dev.sdlora.server.prompt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The interpretation of a prompt for an editor: parts to highlight, length, problems. */
final class ReadText {
  /** Limit of problems that are reported. */
  private static final int MOST_PROBLEMS = 100;

  private final LoraLibrary loras;
  private final List<Embedding> embeddings;
  private final Checkpoint checkpoint;
  private final ErrorMessages messages;

  /**
   * Creates a reader.
   *
   * @param embeddings the embeddings that fit the checkpoint
   * @param checkpoint the checkpoint that reads the prompt
   */
  ReadText(
      LoraLibrary loras,
      List<Embedding> embeddings,
      Checkpoint checkpoint,
      ErrorMessages messages) {
    this.loras = loras;
    this.embeddings = embeddings;
    this.checkpoint = checkpoint;
    this.messages = messages;
  }

  /** The model calls of each pass. */
  record Calls(int first, OptionalInt hires) {}

  /** Returns the interpretation; never fails for any text. */
  ObjectNode json(String prompt, boolean negative, Calls calls) {
    ObjectNode json = Fields.object();
    ArrayNode spans = json.putArray("spans");
    ArrayNode tags = json.putArray("loras");
    ArrayNode problems = json.putArray("problems");
    if (prompt.length() <= PromptLimits.DEFAULTS.characters()) {
      Prompt tree = Prompt.parse(prompt);
      Highlights.of(tree, negative, checkpoint.family().readsPlainText())
          .forEach(piece -> put(spans.addObject(), piece.span()).put("kind", piece.kind()));
      LoraTags.of(tree).stream()
          .limit(PromptLimits.DEFAULTS.loras())
          .forEach(tag -> tags.add(lora(tag)));
    }
    try {
      PromptExplanation explained = explain(prompt, negative, calls, problems);
      json.put("tokens", explained.tokens());
      json.put("chunks", explained.chunks());
      json.put("capacity", explained.capacity());
    } catch (PromptSyntaxException e) {
      int at = Math.min(e.offset(), prompt.length());
      add(problems, new Problem(new Span(at, prompt.length()), true, sentence(e)));
    } catch (StableDiffusionException e) {
      add(problems, new Problem(new Span(0, 0), true, sentence(e)));
    }
    return json;
  }

  private PromptExplanation explain(
      String prompt, boolean negative, Calls calls, ArrayNode problems) {
    PromptExplanation.Options options =
        new PromptExplanation.Options(
            calls.first(),
            calls.hires(),
            negative,
            embeddings,
            PromptLimits.DEFAULTS,
            Optional.of(loras),
            checkpoint.words(),
            checkpoint.family());
    PromptExplanation explanation = PromptExplanation.of(prompt, options);
    explanation.problems().stream().limit(MOST_PROBLEMS).forEach(one -> add(problems, one));
    return explanation;
  }

  private String sentence(StableDiffusionException error) {
    return messages.of(error).sentence();
  }

  private void add(ArrayNode problems, Problem problem) {
    put(problems.addObject(), problem.span())
        .put("severity", problem.mistake() ? "mistake" : "warning")
        .put("sentence", messages.shown(problem.sentence()));
  }

  private static ObjectNode put(ObjectNode json, Span span) {
    return json.put("start", span.start()).put("end", span.end());
  }

  private ObjectNode lora(PromptNode tag) {
    ObjectNode json = put(Fields.object(), tag.span());
    json.put("name", LoraTags.name(tag));
    LoraTags.weight(tag).ifPresent(weight -> json.put("weight", weight));
    try {
      json.put("file", loras.find(LoraTags.name(tag)).name());
    } catch (LoraException e) {
      json.putNull("file"); // It is listed under the problems.
    }
    return json;
  }
}
