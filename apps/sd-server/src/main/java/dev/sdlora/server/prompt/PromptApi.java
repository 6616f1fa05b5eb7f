package dev.sdlora.server.prompt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.prompt.PromptCompleter;
import dev.sdlora.api.prompt.PromptCompleter.Completion;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** {@code /api/prompt}: supports prompt editors while the user types. Draws nothing. */
public final class PromptApi {
  /** Limit of suggestions; users type on instead of reading more. */
  private static final int MOST_COMPLETIONS = 50;

  private static final int MOST_STEPS = 10_000;

  private final RequestContext requestContext;
  private final LoraLibrary loras;
  private final ErrorMessages messages;

  /**
   * Creates the API; requests may name a checkpoint.
   *
   * @param loras the pipeline's LoRAs, cached for a moment
   */
  public PromptApi(RequestContext requestContext, LoraLibrary loras, ErrorMessages messages) {
    this.requestContext = requestContext;
    this.loras = loras;
    this.messages = messages;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.post("/api/prompt", this::read),
        Route.post("/api/prompt/complete", this::complete),
        Route.post("/api/prompt/lora", this::lora));
  }

  private void read(Context context) {
    Fields fields = Bodies.fields(context);
    Pipeline pipeline = requestContext.chosenBy(fields).pipeline();
    List<Embedding> embeddings =
        pipeline.embeddings().list().stream()
            .filter(one -> one.family() == pipeline.checkpoint().family())
            .toList();
    ReadText reader = new ReadText(loras, embeddings, pipeline.checkpoint(), messages);
    ReadText.Calls calls = calls(fields, pipeline);
    ObjectNode answer = Fields.object();
    for (String name : List.of("prompt", "negative_prompt")) {
      if (fields.has(name)) {
        boolean negative = !name.equals("prompt");
        answer.set(name, reader.json(fields.text(name).orElse(""), negative, calls));
      }
    }
    Answers.json(context, answer);
  }

  /**
   * Returns the model calls of each pass, over which prompts change; some samplers need more than
   * one per step.
   */
  private static ReadText.Calls calls(Fields fields, Pipeline pipeline) {
    PromptSpec defaults = pipeline.checkpoint().defaults();
    int steps = steps(fields, "steps", defaults.steps());
    Sampler sampler = fields.name("sampler_name").map(Sampler::inName).orElse(defaults.sampler());
    OptionalInt hires = OptionalInt.empty();
    if (fields.flag("enable_hr", false)) {
      int second = steps(fields, "hr_second_pass_steps", 0);
      hires = OptionalInt.of(calls(sampler, second == 0 ? steps : second));
    }
    return new ReadText.Calls(calls(sampler, steps), hires);
  }

  private static int calls(Sampler sampler, int steps) {
    return Math.max(1, sampler.secondOrder() ? 2 * steps : steps);
  }

  private static int steps(Fields fields, String name, int otherwise) {
    return Math.max(0, Math.min(MOST_STEPS, fields.whole(name, otherwise)));
  }

  private void complete(Context context) {
    Fields fields = Bodies.fields(context);
    String prompt = prompt(fields, "prompt");
    int cursor = fields.whole("cursor", prompt.length());
    if (cursor < 0 || cursor > prompt.length()) {
      throw new Refusal(
          422, "field 'cursor' must be a position in the prompt, from 0 to " + prompt.length());
    }
    Pipeline pipeline = requestContext.chosenBy(fields).pipeline();
    PromptCompleter completer =
        new PromptCompleter(
                loras, () -> pipeline.embeddings().list().stream().map(Embedding::name).toList())
            .forFamily(pipeline.checkpoint().family());
    List<Completion> found = completer.complete(prompt, cursor);
    ObjectNode answer = Fields.object().put("total", found.size());
    ArrayNode completions = answer.putArray("completions");
    for (Completion one : found.subList(0, Math.min(MOST_COMPLETIONS, found.size()))) {
      completions
          .addObject()
          .put("kind", one.kind().name().toLowerCase(Locale.ROOT))
          .put("text", one.text())
          .put("start", one.replaced().start())
          .put("end", one.replaced().end());
    }
    Answers.json(context, answer);
  }

  private static String prompt(Fields fields, String name) {
    String prompt = fields.text(name).orElse("");
    if (prompt.length() > PromptLimits.DEFAULTS.characters()) {
      throw new Refusal(
          422,
          "field '%s' has %s characters; the limit is %s"
              .formatted(name, prompt.length(), PromptLimits.DEFAULTS.characters()));
    }
    return prompt;
  }

  private void lora(Context context) {
    Fields fields = Bodies.fields(context);
    LoraAdapter lora =
        loras.find(
            fields.name("name").orElseThrow(() -> new Refusal(422, "field 'name' is missing")));
    LoraEdit before = new LoraEdit(prompt(fields, "prompt"), prompt(fields, "negative_prompt"));
    LoraEdit after =
        fields.flag("remove", false)
            ? before.without(lora, loras)
            : before.with(lora, fields.number("weight"), loras);
    Answers.json(
        context,
        Fields.object()
            .put("prompt", after.prompt())
            .put("negative_prompt", after.negativePrompt()));
  }
}
