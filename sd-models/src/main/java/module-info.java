import dev.sdlora.api.service.Downloads;
import dev.sdlora.models.bucket.BucketSigner;
import dev.sdlora.models.service.StoreDownloads;

/** Downloads models from the sites that publish them. */
@SuppressWarnings("module") // The module named in an export is compiled later.
module dev.sdlora.models {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;

  exports dev.sdlora.models;
  exports dev.sdlora.models.bucket to
      dev.sdlora.s3;

  uses BucketSigner;

  provides Downloads with
      StoreDownloads;
}
