package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts OpenAI's fields to those of A1111. */
final class ImageFields {
  /** OpenAI's fields that A1111 does not have. */
  private static final List<String> OWN =
      List.of(
          "model",
          "n",
          "size",
          "response_format",
          "output_format",
          "output_compression",
          "stream",
          "partial_images",
          "quality",
          "style",
          "background",
          "input_fidelity",
          "moderation",
          "user");

  /** Fields without effect, and what to use instead. */
  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          "quality", "use 'steps'",
          "style", "use the prompt",
          "input_fidelity", "use 'denoising_strength'");

  private static final Map<String, String> OPENAI_NAMES =
      Map.of(
          "n_iter", "n",
          "batch_size", "n",
          "width", "size",
          "height", "size",
          "init_images", "image",
          "reference_images", "image");

  private final RequestContext requestContext;
  private final int maxSide;

  /**
   * Creates a translator.
   *
   * @param maxSide larger sizes are reduced, with a warning, until no side is longer
   */
  ImageFields(RequestContext requestContext, int maxSide) {
    this.requestContext = requestContext;
    this.maxSide = maxSide;
  }

  /**
   * Translates a request. Fields without effect add a warning.
   *
   * @throws Refusal if a field requests something unsupported
   */
  Fields translated(Fields fields) {
    ObjectNode node = fields.node().deepCopy();
    node.remove(OWN);
    node.put("n_iter", fields.whole("n", 1));
    if (node.remove("batch_size") != null) {
      fields.warn("field 'batch_size' has no effect; use 'n'");
    }
    fields
        .name("size")
        .filter(size -> !size.equals("auto"))
        .map(ImageFields::size)
        .map(size -> reduced(size, fields))
        .ifPresent(size -> node.put("width", size.width()).put("height", size.height()));
    warn(fields);
    return fields.with(node);
  }

  /** Returns the context of the checkpoint that a request chooses, else of the current one. */
  static RequestContext chosen(Fields fields, RequestContext requestContext) {
    return fields
        .name("model")
        .flatMap(requestContext.models()::find)
        .map(requestContext::with)
        .orElseGet(() -> requestContext.chosenBy(fields));
  }

  private static ImageSize size(String text) {
    try {
      return ImageSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of("size", "field 'size': " + e.getMessage());
    }
  }

  private ImageSize reduced(ImageSize size, Fields fields) {
    double bySide = (double) maxSide / Math.max(size.width(), size.height());
    long most = requestContext.limits().pixels();
    double byPixels = Math.sqrt((double) most / ((double) size.width() * size.height()));
    if (bySide >= 1 && byPixels >= 1) {
      return size;
    }
    double scale = Math.min(bySide, byPixels);
    ImageSize smaller = new ImageSize(side(size.width() * scale), side(size.height() * scale));
    fields.warn(
        bySide <= byPixels
            ? "size %s was reduced to %s, because this server draws no side longer than %s pixels"
                .formatted(size, smaller, maxSide)
            : "size %s was reduced to %s, because this server draws at most %s pixels"
                .formatted(size, smaller, most));
    return smaller;
  }

  private int side(double pixels) {
    int multiple = requestContext.sizeMultiple();
    return Math.max(multiple, (int) pixels / multiple * multiple);
  }

  private void warn(Fields fields) {
    fields
        .name("model")
        .filter(model -> !requestContext.isCheckpoint(model))
        .ifPresent(
            model ->
                fields.warn(
                    "model '%s' is not loaded; used '%s'"
                        .formatted(model, requestContext.model().name())));
    for (String name : Set.copyOf(WITHOUT_EFFECT.keySet())) {
      if (fields.name(name).filter(value -> !value.equals("auto")).isPresent()) {
        fields.warn("field '%s' has no effect; %s".formatted(name, WITHOUT_EFFECT.get(name)));
      }
    }
    fields
        .name("background")
        .filter(background -> !background.equals("auto") && !background.equals("opaque"))
        .ifPresent(
            background -> {
              throw Refusal.of(
                  "background",
                  "field 'background' must be auto or opaque: '%s'".formatted(background));
            });
    if (fields.flag("stream", false)
        && fields.name("response_format").filter("url"::equals).isPresent()) {
      fields.warn("field 'response_format' has no effect with 'stream'");
    }
  }

  /**
   * Reads a translated request.
   *
   * @throws Refusal if a field is invalid; the error has OpenAI's name of the field
   */
  PromptSpec read(Fields translated) {
    try {
      return new DrawingReader(requestContext).read(translated, Dialect.LIBRARY, Overrides.NONE);
    } catch (FieldException e) {
      throw Refusal.of(
          OPENAI_NAMES.getOrDefault(e.field(), e.field()), String.valueOf(e.getMessage()));
    }
  }
}
