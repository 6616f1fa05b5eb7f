package dev.sdlora.s3;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Converts errors of the SDK to sentences. */
final class S3Errors {
  private S3Errors() {}

  static IOException of(SdkException error, String bucket, String key) {
    return error instanceof NoSuchKeyException
        ? new NoSuchFileException(key)
        : new IOException(reason(error, bucket), error);
  }

  static String reason(SdkException error, String bucket) {
    if (error instanceof NoSuchBucketException) {
      return "there is no bucket '%s'".formatted(bucket);
    }
    if (error instanceof AwsServiceException answer) {
      return reason(answer, bucket);
    }
    if (error instanceof ApiCallTimeoutException
        || error instanceof ApiCallAttemptTimeoutException) {
      return "S3 did not answer in time";
    }
    String message = root(error);
    return message.contains("Unable to load credentials")
            || message.contains("credentials provider")
        ? "there are no credentials for S3; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        : "S3 cannot be reached: " + message;
  }

  private static String reason(AwsServiceException answer, String bucket) {
    String code =
        answer.awsErrorDetails() == null
            ? ""
            : Objects.requireNonNullElse(answer.awsErrorDetails().errorCode(), "");
    return switch (code) {
      case "NoSuchBucket" -> "there is no bucket '%s'".formatted(bucket);
      case "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
          "S3 does not accept the credentials (%s); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
              .formatted(code);
      default ->
          answer.statusCode() == 403
              ? "S3 denies access to the bucket '%s'; it must allow listing, reading, writing and"
                      .formatted(bucket)
                  + " deleting objects"
              : "S3 answers %s %s".formatted(answer.statusCode(), code).strip();
    };
  }

  private static String root(Throwable error) {
    String message = "";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      message = cause.getMessage() == null ? message : cause.getMessage();
      if (message.contains("Unable to load credentials")) {
        return message;
      }
    }
    return message.lines().findFirst().orElse("");
  }
}
