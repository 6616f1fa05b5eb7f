package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.NamedSampler;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.Schedule;
import java.util.Map;

/** Reads the settings that most requests have. */
final class ThinReader implements RequestReader {
  private final Pipeline pipeline;

  ThinReader(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public PromptSpec read(ObjectNode settings) {
    PromptSpecBuilder spec =
        settings.has("infotext")
            ? PromptSpec.fromParameters(settings.path("infotext").asText()).toBuilder()
            : PromptSpec.builder();
    for (Map.Entry<String, JsonNode> field : settings.properties()) {
      set(spec, field.getKey(), field.getValue());
    }
    if (settings.has("width")) {
      spec.size(settings.path("width").asInt(), settings.path("height").asInt());
    }
    return spec.build();
  }

  private void set(PromptSpecBuilder spec, String name, JsonNode value) {
    switch (name) {
      case "prompt" -> spec.prompt(value.asText());
      case "negative_prompt" -> spec.negativePrompt(value.asText());
      case "seed" -> spec.seed(value.asLong());
      case "steps" -> spec.steps(value.asInt());
      case "cfg_scale" -> spec.cfgScale(value.asDouble());
      case "sampler_name" -> {
        NamedSampler named = NamedSampler.parse(value.asText());
        spec.sampler(named.sampler());
        named.schedule().ifPresent(spec::schedule);
      }
      case "scheduler" -> spec.schedule(Schedule.parse(value.asText()));
      case "lora" ->
          value.forEach(
              lora ->
                  spec.lora(
                      lora(lora.path("path").asText())
                          .withStrength(lora.path("multiplier").asDouble())));
      case "width", "height", "checkpoint", "infotext" -> {}
      default -> throw new IllegalArgumentException("'%s' cannot be read".formatted(name));
    }
  }

  private LoraAdapter lora(String name) {
    return pipeline.loras().find(name);
  }
}
