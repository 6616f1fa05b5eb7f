package dev.sdlora.models;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A file to be had.
 *
 * @param name how progress and errors call it
 * @param address where it is
 * @param token who asks
 * @param size its length, if it is known
 * @param sha256 of its content in small letters, if it is known
 * @param refusal what to tell of an answer that is no success
 */
record Transfer(
    String name,
    URI address,
    Optional<Token> token,
    OptionalLong size,
    Optional<String> sha256,
    Function<Answer, DownloadException> refusal) {}
