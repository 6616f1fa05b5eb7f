package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.json.Fields;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** The tools that draw nothing; their results are JSON as text. */
final class ReadingTools {
  private static final int MOST_LORAS = 200;
  private static final int USUAL_LORAS = 50;
  private static final int MOST_TRIGGERS = 8;
  private static final int MOST_WARNINGS = 30;
  private static final int LONGEST_DESCRIPTION = 300;

  private final Supplier<DrawingModel> model;

  /**
   * Creates the tools.
   *
   * @param model the model, which the first call may load
   */
  ReadingTools(Supplier<DrawingModel> model) {
    this.model = model;
  }

  List<Tool> tools() {
    return List.of(
        new Tool(
            "list_loras",
            "List LoRAs",
            "Lists LoRAs: small files that add a style or a subject to images. A prompt applies"
                + " one with its tag, such as <lora:ink:0.8>, and often needs one of its trigger"
                + " words.",
            false,
            new Arguments()
                .text(
                    "search", "Words in names, trigger words or descriptions. Default: all LoRAs.")
                .whole("count", "Number of LoRAs. Default: 50.", 1, MOST_LORAS, 1),
            (fields, call, progress) -> json(loras(fields))),
        new Tool(
            "list_models",
            "List models",
            "Lists the models that draw, with their families and usual settings.",
            false,
            new Arguments(),
            (fields, call, progress) -> json(models())),
        new Tool(
            "list_settings",
            "List settings",
            "Lists the settings that the argument settings of generate_image and edit_image may"
                + " have, each with a JSON schema.",
            false,
            new Arguments(),
            (fields, call, progress) -> json(OtherSettings.schemas())),
        new Tool(
            "explain_prompt",
            "Explain a prompt",
            "Shows how the model reads a prompt: its LoRAs, the weights of its words, its length"
                + " in tokens, and its mistakes. Draws nothing.",
            false,
            new Arguments()
                .required("prompt", "A prompt in A1111's syntax.")
                .setting("steps", "steps"),
            (fields, call, progress) -> json(explained(fields))));
  }

  private static List<McpSchema.Content> json(ObjectNode json) {
    return List.of(Tool.text(Fields.text(json)));
  }

  private ObjectNode loras(Fields fields) {
    DrawingModel loaded = model.get();
    Checkpoint checkpoint = loaded.requestContext().pipeline().checkpoint();
    List<LoraAdapter> found =
        loaded.loras().search(LoraQuery.text(fields.text("search").orElse("")));
    ObjectNode answer = Fields.object().put("total", found.size());
    ArrayNode list = answer.putArray("loras");
    found.stream()
        .limit(fields.whole("count", USUAL_LORAS))
        .forEach(lora -> put(lora, checkpoint, list.addObject()));
    return answer;
  }

  private static void put(LoraAdapter lora, Checkpoint checkpoint, ObjectNode json) {
    json.put("name", lora.name()).put("tag", lora.tag());
    ArrayNode triggers = json.putArray("trigger_words");
    lora.triggerWords().stream().limit(MOST_TRIGGERS).forEach(word -> triggers.add(word.text()));
    lora.preferredWeight().ifPresent(weight -> json.put("preferred_weight", weight));
    lora.description()
        .ifPresent(
            text ->
                json.put(
                    "description",
                    text.length() <= LONGEST_DESCRIPTION
                        ? text
                        : text.substring(0, LONGEST_DESCRIPTION) + "…"));
    json.put("family", lora.family().label());
    if (lora.family() != ModelFamily.UNKNOWN) {
      json.put("fits_model", lora.family() == checkpoint.family());
    }
  }

  private ObjectNode models() {
    ObjectNode answer = Fields.object();
    ArrayNode models = answer.putArray("models");
    for (Model one : model.get().requestContext().checkpoints()) {
      Checkpoint checkpoint = one.checkpoint();
      models
          .addObject()
          .put("name", one.name())
          .put("family", checkpoint.family().label())
          .put("loaded", one.isLoaded())
          .put("width", checkpoint.defaultSize().width())
          .put("height", checkpoint.defaultSize().height())
          .put("steps", checkpoint.defaults().steps())
          .put("cfg_scale", checkpoint.defaults().cfgScale());
    }
    return answer;
  }

  private ObjectNode explained(Fields fields) {
    DrawingModel loaded = model.get();
    Checkpoint checkpoint = loaded.requestContext().pipeline().checkpoint();
    List<Embedding> embeddings =
        loaded.requestContext().pipeline().embeddings().list().stream()
            .filter(one -> one.family() == checkpoint.family())
            .toList();
    PromptExplanation explanation =
        PromptExplanation.of(
            fields.text("prompt").orElseThrow(),
            new PromptExplanation.Options(
                fields.whole("steps", checkpoint.defaults().steps()),
                OptionalInt.empty(),
                false,
                embeddings,
                PromptLimits.DEFAULTS,
                Optional.of(loaded.loras()),
                checkpoint.words(),
                checkpoint.family()));
    return json(explanation, loaded);
  }

  private static ObjectNode json(PromptExplanation explanation, DrawingModel loaded) {
    ObjectNode answer = Fields.object().put("text", explanation.text());
    ArrayNode tags = answer.putArray("tags");
    explanation.networks().stream().map(PromptNode::toString).forEach(tags::add);
    ArrayNode parts = answer.putArray("parts");
    for (PromptExplanation.Part part : explanation.parts()) {
      ObjectNode one = parts.addObject().put("text", part.text()).put("weight", part.weight());
      if (part.schedule().size() > 1) {
        ArrayNode schedule = one.putArray("schedule");
        part.schedule()
            .forEach(
                (step, text) -> schedule.addObject().put("until_step", step).put("text", text));
      }
    }
    ArrayNode weights = answer.putArray("weights");
    explanation
        .attention()
        .forEach(
            piece -> weights.addObject().put("text", piece.text()).put("weight", piece.weight()));
    answer
        .put("tokens", explanation.tokens())
        .put("capacity", explanation.capacity())
        .put("chunks", explanation.chunks());
    ArrayNode warnings = answer.putArray("warnings");
    explanation.warnings().stream()
        .limit(MOST_WARNINGS)
        .map(loaded.messages()::shown)
        .forEach(warnings::add);
    return answer;
  }
}
