package dev.sdlora.server.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.RequestContext;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.WholeRequest;
import dev.sdlora.server.job.DrawingRun;
import dev.sdlora.server.job.Work;
import java.util.List;
import java.util.function.Supplier;

/**
 * A request that becomes a job.
 *
 * @param kind the API call, such as {@code txt2img}
 * @param offer what the request can name, with the checkpoint that it chose
 * @param specs the request as it was read; of a grid, those of its cells
 * @param work draws it in this process
 * @param settings the fields of the request, without large images
 * @param body returns the fields with all images, from which another process makes the same work
 * @param format the way in which the fields are read
 * @param outlives whether the job continues when its client disconnects
 */
public record Submission(
    String kind,
    RequestContext offer,
    List<PromptSpec> specs,
    Work work,
    ObjectNode settings,
    Supplier<WholeRequest> body,
    RequestFormat format,
    boolean outlives) {

  /**
   * Creates the submission of images.
   *
   * @param fields the fields, from which the request was read
   * @param offer what the request can name
   */
  public static Submission drawing(
      String kind,
      Fields fields,
      PromptSpec spec,
      RequestContext offer,
      ObjectNode settings,
      RequestFormat format,
      boolean outlives) {
    List<String> warnings = List.copyOf(fields.warnings());
    return new Submission(
        kind,
        offer,
        List.of(spec),
        new DrawingRun(offer.pipeline(), spec, warnings),
        settings,
        () -> {
          WholeRequest whole = StoredRequest.whole(fields, spec, offer.images());
          forgetCheckpoint(whole.fields());
          return whole;
        },
        new RequestFormat(
            format.dialect(),
            format.options(),
            warnings,
            format.previews(),
            spec.promptOptions().styles()),
        outlives);
  }

  /** Returns the name of the checkpoint. */
  String model() {
    return offer.model().name();
  }

  /** Makes the work of stored images. */
  static Work drawing(Fields fields, RequestFormat format, RequestContext offer) {
    PromptSpec spec =
        new DrawingReader(offer).read(fields, format.dialect(), Overrides.of(format.options()));
    List<String> warnings = format.warnings();
    return new DrawingRun(offer.pipeline(), spec, warnings == null ? fields.warnings() : warnings);
  }

  /** Removes what chose the checkpoint, whose name is stored by itself. */
  public static void forgetCheckpoint(JsonNode fields) {
    if (fields instanceof ObjectNode object) {
      object.remove("checkpoint");
    }
    if (fields.path("override_settings") instanceof ObjectNode options) {
      options.remove("sd_model_checkpoint");
    }
  }

  /** Returns a form of fields with a dialect, options and previews to keep of each image. */
  public static RequestFormat format(Dialect dialect, Overrides options, int previews) {
    return new RequestFormat(dialect, options.values(), null, previews, null);
  }
}
