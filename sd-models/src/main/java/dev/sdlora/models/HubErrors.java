package dev.sdlora.models;

import dev.sdlora.models.DownloadException.Reason;
import java.util.Optional;

/** What refusals of Hugging Face mean, and what to do about them. */
final class HubErrors {
  private HubErrors() {}

  /**
   * Says why there is no file.
   *
   * @param reference as it was asked for
   * @param token that was sent, if one was
   */
  static DownloadException of(Answer answer, String reference, Optional<Token> token) {
    String host = answer.address().getHost();
    String code = answer.header("X-Error-Code").orElse("");
    if (answer.isLogin()) {
      return error(Reason.NEEDS_TOKEN, reference, host + " wants you to sign in; set HF_TOKEN");
    }
    boolean badToken =
        answer.header("X-Error-Message").orElse("").startsWith("Invalid credentials");
    if (badToken) {
      return error(
          Reason.NEEDS_TOKEN,
          reference,
          "%s does not know the token that was sent; make a new one at https://huggingface.co/settings/tokens"
              .formatted(host));
    }
    return switch (code) {
      case "GatedRepo" ->
          error(
              Reason.NEEDS_TOKEN,
              reference,
              "its authors let only those have it who accept their terms; do that on the page of the repository"
                  + (token.isPresent()
                      ? ", with the account whose token you use"
                      : ", and set HF_TOKEN to a token of yours"));
      case "EntryNotFound" ->
          error(
              Reason.NOT_FOUND, reference, "the repository has no such file; is it spelled right?");
      case "RevisionNotFound" ->
          error(
              Reason.NOT_FOUND,
              reference,
              "the repository has no such branch, tag or commit; leave @… out for the newest");
      case "RepoNotFound" -> noRepository(reference, host, token);
      default -> byStatus(answer, reference, host, token);
    };
  }

  private static DownloadException byStatus(
      Answer answer, String reference, String host, Optional<Token> token) {
    return switch (answer.status()) {
      case Answer.UNAUTHORIZED -> noRepository(reference, host, token);
      case Answer.FORBIDDEN ->
          error(
              Reason.NEEDS_TOKEN,
              reference,
              "%s forbids it; the token may lack the right to read this repository"
                  .formatted(host));
      case Answer.NOT_FOUND -> error(Reason.NOT_FOUND, reference, host + " has no such file");
      case Answer.TOO_MANY_REQUESTS -> busy(answer, reference);
      default ->
          error(Reason.CONNECTION, reference, "%s answers %s".formatted(host, answer.status()));
    };
  }

  /** Of a site that wants to be left alone. */
  static DownloadException busy(Answer answer, String reference) {
    return error(
        Reason.CONNECTION,
        reference,
        "%s was asked too often%s"
            .formatted(
                answer.address().getHost(),
                answer
                    .header("Retry-After")
                    .map(time -> " and wants to be left alone for " + time + " s")
                    .orElse("; try again later")));
  }

  private static DownloadException noRepository(
      String reference, String host, Optional<Token> token) {
    return error(
        Reason.NOT_FOUND,
        reference,
        "%s has no such repository, or it is private%s"
            .formatted(
                host,
                token.isPresent()
                    ? " and the token is none of its readers'"
                    : " and needs a token in HF_TOKEN"));
  }

  private static DownloadException error(Reason reason, String reference, String why) {
    return new DownloadException(reason, "cannot get '" + reference + "': " + why);
  }
}
