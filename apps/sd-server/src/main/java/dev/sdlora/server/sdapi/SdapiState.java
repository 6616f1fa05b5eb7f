package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The options that clients have set: those of a private API key for its own requests, those of
 * others for all requests except those of private keys. Safe for use by several threads.
 */
final class SdapiState {
  private final RequestContext requestContext;

  /** The options by private key; empty for those of others. */
  private final Map<Optional<String>, Overrides> options = new HashMap<>();

  /** The names of the checkpoints that private keys have chosen; others choose for all. */
  private final Map<String, String> checkpoints = new HashMap<>();

  SdapiState(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  /** The private key of the client whose request this thread handles. */
  private static Optional<String> privateKey() {
    return Caller.current().key().filter(Key::hidesOthers).map(Key::name);
  }

  /** Returns the options of the client. */
  synchronized Overrides options() {
    return options.getOrDefault(privateKey(), Overrides.NONE);
  }

  /** Returns the context of the client's requests, with the checkpoint that it has chosen. */
  synchronized RequestContext requestContext() {
    return privateKey()
        .flatMap(key -> Optional.ofNullable(checkpoints.get(key)))
        .flatMap(requestContext.models()::findKnown)
        .map(requestContext::with)
        .orElse(requestContext);
  }

  void set(Fields fields) {
    Optional<RequestContext> chosen = requestContext.chosenBy(fields, "sd_model_checkpoint");
    Overrides read = Overrides.read(fields, chosen.orElseGet(this::requestContext));
    Optional<String> key = privateKey();
    chosen
        .map(RequestContext::model)
        .filter(model -> key.isEmpty())
        .ifPresent(requestContext.models()::choose);
    synchronized (this) {
      if (key.isPresent() && chosen.isPresent()) {
        checkpoints.put(key.get(), chosen.get().model().name());
      }
      options.merge(key, read, (before, now) -> now.over(before));
    }
  }

  /**
   * Returns the options under A1111's names: those with an effect here and those that clients read.
   */
  ObjectNode toJson() {
    Overrides now = options();
    Model model = requestContext().model();
    ObjectNode json = Fields.object();
    json.put("sd_model_checkpoint", Titles.title(model));
    json.put(
        "sd_vae",
        model
            .pipeline()
            .checkpoint()
            .vae()
            .map(vae -> RequestContext.stem(vae.toString()))
            .orElse("Automatic"));
    json.setAll(now.toJson());
    json.put("samples_format", "png");
    json.put("enable_pnginfo", true);
    json.put("live_previews_enable", true);
    json.put("show_progress_every_n_steps", 1);
    json.put("upscaler_for_img2img", "None");
    return json;
  }
}
