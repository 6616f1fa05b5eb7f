package dev.sdlora.s3;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Makes clients of S3 from the environment, as all programs with the AWS SDK: {@code
 * AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_REGION}, {@code
 * AWS_ENDPOINT_URL_S3}, profiles, and the roles of machines and containers.
 */
final class S3Clients {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ATTEMPT = Duration.ofMinutes(1);
  private static final Duration CALL = Duration.ofMinutes(2);

  private S3Clients() {}

  static S3Client ofEnvironment() {
    boolean isOther = endpoint().isPresent();
    return builder(isOther).region(region(isOther)).build();
  }

  static S3Presigner presigner() {
    boolean isOther = endpoint().isPresent();
    return S3Presigner.builder()
        .region(region(isOther))
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(isOther).build())
        .build();
  }

  /**
   * Returns a builder with the time limits of this module: five seconds to connect, a minute for
   * each attempt, two for all.
   *
   * @param isOther whether the server is not that of AWS: then bucket names are parts of the path,
   *     and uploads have neither signed chunks nor checksums that only AWS knows
   */
  static S3ClientBuilder builder(boolean isOther) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(ATTEMPT))
            .overrideConfiguration(
                config ->
                    config
                        .apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy()));
    return isOther
        ? builder
            .forcePathStyle(true)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        : builder;
  }

  /** Servers that are not of AWS ignore the region. */
  private static Region region(boolean isOther) {
    try {
      return new DefaultAwsRegionProviderChain().getRegion();
    } catch (SdkClientException e) {
      if (isOther) {
        return Region.US_EAST_1;
      }
      throw SdkClientException.create("no region is set; set AWS_REGION", e);
    }
  }

  private static Optional<String> endpoint() {
    return Stream.of(
            System.getProperty("aws.endpointUrlS3"),
            System.getenv("AWS_ENDPOINT_URL_S3"),
            System.getProperty("aws.endpointUrl"),
            System.getenv("AWS_ENDPOINT_URL"))
        .flatMap(Stream::ofNullable)
        .filter(text -> !text.isBlank())
        .findFirst();
  }
}
