package dev.sdlora.server.job.shared;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.SpecFiles;
import dev.sdlora.request.SpecJson;
import dev.sdlora.request.WholeRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.job.DrawingRun;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.RequestFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * A request that becomes a job.
 *
 * @param kind the API call, such as {@code txt2img}
 * @param requestContext the models, styles and images that the request can name, with the
 *     checkpoint that it chose
 * @param specs the request as it was read; of a grid, those of its cells
 * @param work draws it in this process
 * @param settings the fields of the request, without large images
 * @param body returns the fields with all images, from which another process makes the same work
 * @param format the way in which the fields are read
 * @param outlives whether the job continues when its client disconnects
 */
public record Submission(
    String kind,
    RequestContext requestContext,
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
   * @param requestContext the models, styles and images that the request can name
   */
  public static Submission drawing(
      String kind,
      Fields fields,
      PromptSpec spec,
      RequestContext requestContext,
      ObjectNode settings,
      RequestFormat format,
      boolean outlives) {
    List<String> warnings = List.copyOf(fields.warnings());
    return new Submission(
        kind,
        requestContext,
        List.of(spec),
        new DrawingRun(requestContext.pipeline(), spec, warnings),
        settings,
        () -> {
          SpecFiles files = SpecFiles.stored(requestContext);
          return new WholeRequest(SpecJson.write(spec, files), files.images());
        },
        format.withWarnings(warnings),
        outlives);
  }

  /** Returns the name of the checkpoint. */
  String model() {
    return requestContext.model().name();
  }

  /** Makes the work of stored images. */
  static Work drawing(Fields fields, RequestFormat format, RequestContext requestContext) {
    return new DrawingRun(
        requestContext.pipeline(), stored(fields, requestContext), format.warnings());
  }

  /** Reads a stored request. */
  public static PromptSpec stored(Fields fields, RequestContext requestContext) {
    if (!fields.has(SpecJson.VERSION_NAME)) {
      throw new IllegalArgumentException(
          "the job was stored by an older version of this program, which this one cannot draw; send"
              + " its request again");
    }
    return SpecJson.read(fields.node(), SpecFiles.stored(requestContext));
  }
}
