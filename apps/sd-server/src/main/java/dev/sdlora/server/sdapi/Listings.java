package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Lists of available models, samplers and options. Files are listed by name; no path leaves the
 * server.
 */
final class Listings {
  private final RequestContext requestContext;

  Listings(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  /** Returns the routes; most refresh nothing, because every listing reads the folders again. */
  List<Route> routes() {
    return List.of(
        list("sd-models", this::models),
        list("sd-vae", this::vaes),
        list("loras", this::loras),
        list("samplers", Listings::samplers),
        list("schedulers", Listings::schedulers),
        list("upscalers", this::upscalers),
        list("latent-upscale-modes", this::latentUpscalers),
        list("embeddings", this::embeddings),
        list("prompt-styles", this::styles),
        list("hypernetworks", this::hypernetworks),
        list("face-restorers", Fields::array),
        list("realesrgan-models", this::upscalerNetworks),
        list("extensions", Fields::array),
        list("memory", this::memory),
        list("cmd-flags", Listings::flags),
        list("scripts", this::scripts),
        list("script-info", this::scriptInfo),
        act("refresh-loras", () -> {}),
        act("refresh-vae", () -> {}),
        act("refresh-embeddings", () -> {}),
        act("refresh-checkpoints", requestContext.models()::refresh),
        act("unload-checkpoint", requestContext.models()::unload),
        act("reload-checkpoint", requestContext.models()::load));
  }

  private static Route list(String name, Supplier<JsonNode> content) {
    return Route.get("/sdapi/v1/" + name, context -> Answers.json(context, content.get()));
  }

  private static Route act(String name, Runnable action) {
    return Route.post(
        "/sdapi/v1/" + name,
        context -> {
          action.run();
          Answers.json(context, Fields.object());
        });
  }

  private ArrayNode models() {
    ArrayNode models = Fields.array();
    requestContext.checkpoints().forEach(model -> models.add(Titles.json(model)));
    return models;
  }

  private ArrayNode vaes() {
    ArrayNode vaes = Fields.array();
    requestContext
        .pipeline()
        .checkpoint()
        .vae()
        .ifPresent(
            vae ->
                vaes.addObject()
                    .put("model_name", RequestContext.stem(vae.toString()))
                    .put("filename", vae.getFileName().toString()));
    return vaes;
  }

  private ArrayNode loras() {
    ArrayNode loras = Fields.array();
    for (LoraAdapter lora : requestContext.pipeline().loras().list()) {
      ObjectNode one = loras.addObject();
      one.put("name", lora.name());
      one.put("alias", lora.alias().orElse(lora.name()));
      one.put("path", lora.path().getFileName().toString());
      ObjectNode metadata = one.putObject("metadata");
      lora.metadata().forEach(metadata::put);
    }
    return loras;
  }

  private static ArrayNode samplers() {
    ArrayNode samplers = Fields.array();
    for (Sampler sampler : Sampler.values()) {
      ObjectNode one = samplers.addObject().put("name", sampler.label());
      ArrayNode aliases = one.putArray("aliases");
      sampler.aliases().forEach(aliases::add);
      ObjectNode options = one.putObject("options");
      options.put("scheduler", name(sampler.automaticSchedule()));
      if (sampler.usesEnsd()) {
        options.put("uses_ensd", "True");
      }
      if (sampler.secondOrder()) {
        options.put("second_order", "True");
      }
      if (sampler.usesBrownianNoise()) {
        options.put("brownian_noise", "True");
      }
      if (sampler.discardsNextToLastSigma()) {
        options.put("discard_next_to_last_sigma", "True");
      }
    }
    return samplers;
  }

  private static String name(Schedule schedule) {
    return schedule.name().toLowerCase(Locale.ROOT);
  }

  private static ArrayNode schedulers() {
    ArrayNode schedules = Fields.array();
    for (Schedule schedule : Schedule.values()) {
      ObjectNode one = schedules.addObject();
      one.put("name", name(schedule));
      one.put("label", schedule.label());
      ArrayNode aliases = one.putArray("aliases");
      schedule.aliases().forEach(aliases::add);
      one.put("default_rho", schedule == Schedule.KARRAS ? 7.0 : -1.0);
      one.put("need_inner_model", schedule != Schedule.KARRAS);
    }
    return schedules;
  }

  private ArrayNode upscalers() {
    ArrayNode upscalers = Fields.array();
    for (String name : requestContext.upscalerNames()) {
      upscalers
          .addObject()
          .put("name", name)
          .putNull("model_name")
          .putNull("model_path")
          .putNull("model_url")
          .put("scale", 4);
    }
    return upscalers;
  }

  /** Returns all networks that upscale images. */
  private ArrayNode upscalerNetworks() {
    ArrayNode networks = Fields.array();
    requestContext
        .upscalers()
        .forEach(
            (name, file) ->
                networks
                    .addObject()
                    .put("name", name)
                    .put("path", file.getFileName().toString())
                    .putNull("scale"));
    return networks;
  }

  private ArrayNode hypernetworks() {
    ArrayNode networks = Fields.array();
    requestContext
        .pipeline()
        .hypernetworks()
        .forEach(name -> networks.addObject().put("name", name).put("path", name));
    return networks;
  }

  private ArrayNode latentUpscalers() {
    ArrayNode upscalers = Fields.array();
    requestContext.latentUpscalerNames().forEach(name -> upscalers.addObject().put("name", name));
    return upscalers;
  }

  private ObjectNode embeddings() {
    ObjectNode answer = Fields.object();
    ObjectNode loaded = answer.putObject("loaded");
    ObjectNode skipped = answer.putObject("skipped");
    for (Embedding embedding : requestContext.pipeline().embeddings().list()) {
      boolean fits = embedding.family() == requestContext.pipeline().checkpoint().family();
      (fits ? loaded : skipped)
          .putObject(embedding.name())
          .putNull("step")
          .putNull("sd_checkpoint")
          .putNull("sd_checkpoint_name")
          .put("shape", embedding.widths().get(0))
          .put("vectors", embedding.vectors());
    }
    return answer;
  }

  private ArrayNode styles() {
    ArrayNode styles = Fields.array();
    requestContext
        .styles()
        .forEach(
            style ->
                styles
                    .addObject()
                    .put("name", style.name())
                    .put("prompt", style.prompt())
                    .put("negative_prompt", style.negativePrompt()));
    return styles;
  }

  private ObjectNode memory() {
    Runtime runtime = Runtime.getRuntime();
    ObjectNode answer = Fields.object();
    answer
        .putObject("ram")
        .put("free", runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory())
        .put("used", runtime.totalMemory() - runtime.freeMemory())
        .put("total", runtime.maxMemory());
    answer.putObject("cuda").put("error", "not measured");
    answer.put("live_tensors", requestContext.models().liveTensors());
    return answer;
  }

  private static ObjectNode flags() {
    return Fields.object().put("api", true).put("nowebui", true);
  }

  /** Returns the scripts of A1111's extensions that have something to work with here. */
  private List<String> scriptNames() {
    List<String> names = new ArrayList<>();
    if (!requestContext.pipeline().detectors().isEmpty()) {
      names.add("adetailer");
    }
    if (!requestContext.controlNets().isEmpty()) {
      names.add("controlnet");
    }
    return names;
  }

  private ObjectNode scripts() {
    ObjectNode answer = Fields.object();
    ArrayNode texts = answer.putArray("txt2img");
    ArrayNode images = answer.putArray("img2img");
    for (String name : scriptNames()) {
      texts.add(name);
      images.add(name);
    }
    return answer;
  }

  private ArrayNode scriptInfo() {
    ArrayNode answer = Fields.array();
    for (String name : scriptNames()) {
      for (boolean fromImage : new boolean[] {false, true}) {
        answer
            .addObject()
            .put("name", name)
            .put("is_alwayson", true)
            .put("is_img2img", fromImage)
            .putArray("args");
      }
    }
    return answer;
  }
}
