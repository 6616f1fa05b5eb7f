package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Offer;
import dev.sdlora.request.Overrides;

/** Reads settings as the server reads what it is sent, but with the library's defaults. */
final class SettingsReader implements RequestReader {
  private final Offer offer;

  /** A reader of what may be named. */
  SettingsReader(Offer offer) {
    this.offer = offer;
  }

  @Override
  public PromptSpec read(ObjectNode settings) {
    Fields fields = Fields.of(settings);
    Overrides overrides = Overrides.read(fields.object("override_settings"), offer);
    if (!overrides.passedOver().isEmpty()) {
      throw new IllegalArgumentException(
          "'override_settings' has options that mean nothing here: "
              + String.join(", ", overrides.passedOver()));
    }
    return new DrawingReader(offer).read(fields, Dialect.LIBRARY, overrides);
  }
}
