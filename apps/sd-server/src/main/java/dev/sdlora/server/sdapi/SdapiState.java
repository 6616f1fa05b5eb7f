package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.RequestContext;
import java.util.Optional;

/** The options that clients have set for all requests. Safe for use by several threads. */
final class SdapiState {
  private final RequestContext offer;
  private Overrides options = Overrides.NONE;

  SdapiState(RequestContext offer) {
    this.offer = offer;
  }

  synchronized Overrides options() {
    return options;
  }

  void set(Fields fields) {
    Optional<RequestContext> chosen = offer.chosenBy(fields, "sd_model_checkpoint");
    Overrides read = Overrides.read(fields, chosen.orElse(offer));
    chosen.ifPresent(context -> offer.models().choose(context.model()));
    synchronized (this) {
      options = read.over(options);
    }
  }

  /**
   * Returns the options under A1111's names: those with an effect here and those that clients read.
   */
  ObjectNode toJson() {
    Overrides now = options();
    ObjectNode json = Fields.object();
    json.put("sd_model_checkpoint", Titles.title(offer.model()));
    json.put(
        "sd_vae",
        offer
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
