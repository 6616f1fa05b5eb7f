import dev.sdlora.models.bucket.BucketSigner;
import dev.sdlora.s3.S3Addresses;
import dev.sdlora.s3.S3Results;
import dev.sdlora.server.results.ResultPlace;

/** Results of the server, and models, in S3. */
@SuppressWarnings({
  "module", // Its name ends with a digit, as that of S3 does.
  "requires-automatic" // The modules of the AWS SDK have names by manifest.
})
module dev.sdlora.s3 {
  requires static transitive org.jspecify;
  requires dev.sdlora.models;
  requires dev.sdlora.server;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.http.urlconnection;
  requires software.amazon.awssdk.regions;
  requires software.amazon.awssdk.services.s3;

  provides BucketSigner with
      S3Addresses;
  provides ResultPlace.Provider with
      S3Results;
}
