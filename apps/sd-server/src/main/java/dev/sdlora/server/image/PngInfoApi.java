package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.DrawingWriter;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;

/**
 * {@code /api/png-info}: converts the settings in an image to the fields of {@code /api/jobs} and
 * lists the missing files.
 */
public final class PngInfoApi {
  private final RequestContext requestContext;
  private final ErrorMessages messages;

  /** Creates the API. */
  public PngInfoApi(RequestContext requestContext, ErrorMessages messages) {
    this.requestContext = requestContext;
    this.messages = messages;
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(Route.post("/api/png-info", this::answer));
  }

  /** Returns the settings text in an image file; empty if there is none that can be read. */
  static Optional<String> parameters(byte[] file) {
    try {
      return Optional.of(GeneratedImage.readInfotext(new ByteArrayInputStream(file)))
          .filter(text -> !text.isBlank());
    } catch (ImageFileException e) {
      return Optional.empty();
    }
  }

  private void answer(Context context) {
    byte[] file = file(context);
    Base64Images.requireSize("image", file, requestContext.limits().pixels());
    ObjectNode answer;
    try {
      answer = answer(GeneratedImage.readInfotext(new ByteArrayInputStream(file)));
    } catch (ImageSettingsException e) { // Many images have none; this is not an error.
      answer = Fields.object().put("reason", messages.of(e).sentence());
    }
    Answers.json(context, answer);
  }

  /**
   * Converts a settings text to a request and lists the missing files.
   *
   * @param text the text as stored in images
   */
  public ObjectNode answer(String text) {
    if (text.isBlank()) {
      return Fields.object().put("reason", "the settings in the image are empty");
    }
    RequestContext chosen = chosen(text);
    Restored restored = new Restored(text, chosen);
    ObjectNode fields = new DrawingWriter(chosen).fields(restored.spec());
    Optional<String> refusal = refusal(fields.deepCopy(), chosen);
    restored.addWithoutImages(fields);
    List<String> omitted = DetailSettings.adapt(fields, requestContext.pipeline().detectors());
    ObjectNode answer = Fields.object();
    answer.put("parameters", text);
    answer.set("settings", fields);
    ArrayNode missing = answer.putArray("missing");
    for (Recovery.Item gone : restored.missing()) {
      ObjectNode entry = missing.addObject();
      entry.put("kind", gone.kind().label());
      entry.put("name", gone.name());
      gone.hash().ifPresent(hash -> entry.put("hash", hash));
      entry.put("sentence", gone.toString());
    }
    ArrayNode renamed = answer.putArray("renamed");
    restored.renamed().forEach(renamed::add);
    ArrayNode warnings = answer.putArray("warnings");
    restored.warnings().stream().map(messages::shown).forEach(warnings::add);
    omitted.forEach(warnings::add);
    DrawingWriter.settingsWithoutField(restored.spec()).stream()
        .map("'%s' has no field in requests and was ignored"::formatted)
        .forEach(warnings::add);
    refusal.map(messages::shown).ifPresent(warnings::add);
    return answer;
  }

  /** Returns why this server refuses fields, such as a missing upscaler; empty if it does not. */
  private static Optional<String> refusal(ObjectNode fields, RequestContext context) {
    try {
      new DrawingReader(context).read(Fields.of(fields), Dialect.LIBRARY, Overrides.NONE);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the context of the checkpoint that the image was made with, else the current one's. */
  private RequestContext chosen(String text) {
    try {
      return requestContext
          .ofImage(text)
          .orElseGet(() -> requestContext.with(requestContext.model()));
    } catch (IllegalArgumentException e) {
      return requestContext; // The text contains no settings.
    }
  }

  /** Returns the body itself, or the image in its field {@code image}. */
  private byte[] file(Context context) {
    String type = Optional.ofNullable(context.contentType()).orElse("");
    if (!type.startsWith("application/json")) {
      return Bodies.bytes(context);
    }
    String image =
        Bodies.fields(context)
            .name("image")
            .orElseThrow(() -> new Refusal(422, "field 'image' is missing"));
    return requestContext.images().bytes("image", image);
  }
}
