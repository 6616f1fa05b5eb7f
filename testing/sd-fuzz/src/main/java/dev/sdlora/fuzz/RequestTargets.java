package dev.sdlora.fuzz;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.batch.BatchException;
import dev.sdlora.batch.ManifestCheck;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.DrawingWriter;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.grids.GridCheck;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.openai.ImagesCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Requests as JSON: bodies of HTTP requests, and batch manifests. */
final class RequestTargets {
  private static final int LONGEST_WARNING = 10_000;

  private RequestTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> refusals =
        Set.of(
            IllegalArgumentException.class,
            FieldException.class,
            SettingException.class,
            ResourceException.class,
            ImageFileException.class,
            ImageSettingsException.class,
            LoraException.class,
            Refusal.class);
    return List.of(
        new Target("json-request", refusals, RequestTargets::request),
        new Target(
            "openai-request",
            refusals,
            json -> ImagesCheck.read(Fields.parse(json), ContextHolder.CONTEXT)),
        new Target(
            "grid-request",
            refusals,
            json -> GridCheck.read(Fields.parse(json), ContextHolder.CONTEXT)),
        new Target("manifest", Set.of(BatchException.class), ManifestCheck::read));
  }

  /**
   * A body with the names of A1111's API: reads it with both sets of defaults, stores it like a
   * job, and writes it. Requests without images and settings text must survive being written as
   * fields.
   */
  private static void request(byte[] json) {
    DrawingReader reader = new DrawingReader(ContextHolder.CONTEXT);
    Fields fields = Fields.parse(json);
    PromptSpec library =
        reader.read(Fields.of(fields.node().deepCopy()), Dialect.LIBRARY, Overrides.NONE);
    StoredRequest.translated(fields, library, ContextHolder.CONTEXT);
    PromptSpec spec = reader.read(fields, Dialect.A1111, Overrides.NONE);
    StoredRequest.of(fields, spec);
    for (String warning : fields.warnings()) {
      require(!warning.isBlank() && warning.length() <= LONGEST_WARNING, "a warning: " + warning);
    }
    ObjectNode written = new DrawingWriter(ContextHolder.CONTEXT).fields(spec);
    boolean images =
        spec.imageToImage().isPresent()
            || !spec.controlUnits().isEmpty()
            || !spec.masks().isEmpty();
    if (!images && !fields.has("infotext")) {
      PromptSpec again = reader.read(Fields.of(written), Dialect.LIBRARY, Overrides.NONE);
      require(
          comparable(again).equals(comparable(spec)), "fields with another meaning: " + written);
    }
  }

  /** Removes what has no effect: the eta of other samplers, and a variation without strength. */
  private static PromptSpec comparable(PromptSpec spec) {
    SamplerOptions options = spec.samplerOptions();
    boolean ddim = spec.sampler().label().startsWith("DDIM");
    SamplerOptions.Builder comparable = options.toBuilder().eta(0).etaDdim(0);
    (ddim ? options.etaDdim() : options.eta()).ifPresent(comparable::eta);
    Variation variation = spec.variation();
    return spec.toBuilder()
        .seed(0)
        .samplerOptions(comparable.build())
        .variation(
            variation.strength() == 0
                ? new Variation(OptionalLong.empty(), 0, variation.resizeFrom())
                : variation)
        .otherParameters(Map.of())
        .build();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /**
   * The names that requests can use: the LoRA "l", the hypernetwork "n", the style "s", the image
   * "image:p".
   */
  private static final class ContextHolder {
    static final RequestContext CONTEXT = context();

    private static RequestContext context() {
      try {
        Path loras = Scratch.once("loras/l.safetensors", LoraTargets.KOHYA).resolveSibling("");
        Path networks = Scratch.once("networks/n.safetensors", Listing.NOTHING).resolveSibling("");
        byte[] image = ImageContainers.transparent(new byte[0]);
        return new RequestContext(
            pipeline(LoraLibrary.open(loras)),
            List.of(networks),
            List.of(networks),
            List.of(new Style("s", "ink, {prompt}", "letters")),
            new References(
                Map.of("picture", name -> Optional.of(image).filter(it -> name.equals("p")))),
            RequestLimits.DEFAULTS,
            false,
            true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A pipeline with the only methods that readers of requests call. */
    private static Pipeline pipeline(LoraLibrary loras) {
      Map<String, Object> answers =
          Map.of(
              "checkpoint", checkpoint("model", ModelFamily.SD1),
              "refiner", Optional.of(checkpoint("refiner", ModelFamily.SDXL_REFINER)),
              "loras", loras,
              "detectors", List.of());
      return (Pipeline)
          Proxy.newProxyInstance(
              Pipeline.class.getClassLoader(),
              new Class<?>[] {Pipeline.class},
              (proxy, method, arguments) ->
                  Objects.requireNonNull(answers.get(method.getName()), method.getName()));
    }

    private static Checkpoint checkpoint(String name, ModelFamily family) {
      return new CheckpointBuilder(Path.of(name + ".safetensors"), family).build();
    }
  }
}
