import dev.sdlora.api.spi.Backend;
import dev.sdlora.models.service.StoreDownloads;

/** Downloads models from the sites that publish them. */
module dev.sdlora.models {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;

  exports dev.sdlora.models;

  provides Backend.Downloads with
      StoreDownloads;
}
