package dev.sdlora.server.openai;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.AskedSettings;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Offer;

/** Reads bodies of {@code /v1/images/generations}. */
public final class ImagesCheck {
  private ImagesCheck() {}

  /**
   * Reads a body as the interface does, and keeps it as a job does.
   *
   * @throws dev.sdlora.server.http.Refusal if a field cannot be used
   */
  public static void read(Fields body, Offer offer) {
    ImageFields names = new ImageFields(offer);
    Fields asked = names.translated(body);
    PromptSpec spec = names.read(asked);
    AskedSettings.translated(asked, spec, offer);
  }
}
