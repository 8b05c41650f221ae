// Reading answers: framing, packing, limits, and what is not HTTP.

#include <zlib.h>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

class HttpAnswerTest : public HttpFixture {
 protected:
  /// What a client makes of these bytes, after which the server closes.
  Result<HttpReply> read(const std::string& bytes, std::size_t body_limit = 1024 * 1024) {
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.write(bytes);
      peer.hang_up();
    });
    HttpSettings settings;
    settings.base_url = server.url();
    settings.body_limit = body_limit;
    const auto client = client_with(settings);
    return get(*client, "/");
  }
};

constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kZlib = MAX_WBITS;
constexpr int kBare = -MAX_WBITS;

std::string packed(const std::string& plain, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string answer_of(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

void expect_error(const Result<HttpReply>& reply, Errc code, std::string_view part) {
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), code);
  EXPECT_TRUE(contains(reply.error().message(), part)) << reply.error().message();
}

TEST_F(HttpAnswerTest, ReadsChunks) {
  const auto reply = read(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: 1\r\n\r\n");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "hello world");
}

TEST_F(HttpAnswerTest, ReadsABodyThatEndsWithTheConnection) {
  const auto reply = read("HTTP/1.1 200 OK\r\n\r\nall of it");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "all of it");
}

TEST_F(HttpAnswerTest, ReadsAnswersWithoutABody) {
  for (const std::string status : {"204 No Content", "304 Not Modified"}) {
    const auto reply = read("HTTP/1.1 " + status + "\r\nETag: x\r\n\r\n");
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->body, "");
  }
}

TEST_F(HttpAnswerTest, ReturnsARedirectAsItIs) {
  const auto reply =
      read("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(reply->header("location"), "http://127.0.0.1:1/");
}

TEST_F(HttpAnswerTest, SkipsInterimAnswers) {
  const auto reply = read("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer_of("final"));
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "final");
}

TEST_F(HttpAnswerTest, ReadsAnAnswerThatComesByteByByte) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    for (const char byte : answer_of("slowly", "X-Long: value\r\n")) peer.write({&byte, 1});
    peer.wait_until_closed();
  });
  const auto reply = get_once(server);
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "slowly");
}

TEST_F(HttpAnswerTest, UnpacksEveryUsualPacking) {
  const std::string plain(200'000, 'x');
  const std::pair<std::string, int> packings[] = {
      {"gzip", kGzip}, {"X-GZIP", kGzip}, {"deflate", kZlib}, {"deflate", kBare}};
  for (const auto& [name, window_bits] : packings) {
    const auto reply =
        read(answer_of(packed(plain, window_bits), "Content-Encoding: " + name + "\r\n"));
    ASSERT_TRUE(reply) << name << ' ' << reply.error().message();
    EXPECT_EQ(reply->body, plain);
  }
}

TEST_F(HttpAnswerTest, UnpacksSeveralGzipMembers) {
  const auto reply =
      read(answer_of(packed("one ", kGzip) + packed("two", kGzip), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "one two");
}

TEST_F(HttpAnswerTest, UnpacksExactlyUpToTheLimit) {
  const auto full = answer_of(packed(std::string(5000, 'x'), kGzip), "Content-Encoding: gzip\r\n");
  EXPECT_TRUE(read(full, 5000));
  expect_error(read(full, 4999), Errc::malformed, "unpacks to more than the limit");
}

TEST_F(HttpAnswerTest, RefusesABomb) {
  const auto bomb = packed(std::string(50'000'000, '\0'), kGzip);
  ASSERT_LT(bomb.size(), 100'000u);
  expect_error(read(answer_of(bomb, "Content-Encoding: gzip\r\n")), Errc::malformed,
               "unpacks to more than the limit");
}

TEST_F(HttpAnswerTest, RefusesDamagedPacking) {
  const std::string gzip = "Content-Encoding: gzip\r\n";
  auto body = packed("some text that is long enough", kGzip);
  expect_error(read(answer_of(body.substr(0, body.size() - 6), gzip)), Errc::malformed, "cut off");
  expect_error(read(answer_of(body + "tail", gzip)), Errc::malformed, "damaged");
  body[body.size() - 6] ^= 1;
  expect_error(read(answer_of(body, gzip)), Errc::malformed, "damaged");
  expect_error(read(answer_of("{\"plain\":1}", gzip)), Errc::malformed, "the packed body");
  expect_error(read(answer_of("x", "Content-Encoding: br\r\n")), Errc::malformed, "unknown way");
}

TEST_F(HttpAnswerTest, ABodyCutOffIsANetworkError) {
  expect_error(read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), Errc::network,
               "was closed after 43 bytes");
  expect_error(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"),
               Errc::network, "was closed after");
  expect_error(read("HTTP/1.1 200 OK\r\nContent-Le"), Errc::network, "was closed after");
}

TEST_F(HttpAnswerTest, RefusesAFloodOfHeaders) {
  std::string flood = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) flood += "X-Header-" + std::to_string(i) + ": value\r\n";
  expect_error(read(flood + "\r\n"), Errc::malformed, "headers exceed 64 KiB");
  expect_error(read("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')), Errc::malformed,
               "headers exceed 64 KiB");
}

TEST_F(HttpAnswerTest, RefusesABodyOverTheLimit) {
  expect_error(read(answer_of(std::string(101, 'x')), 100), Errc::malformed,
               "the answer exceeds 100 bytes");
  expect_error(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                        std::string(101, 'x') + "\r\n0\r\n\r\n",
                    100),
               Errc::malformed, "the answer exceeds 100 bytes");
  EXPECT_TRUE(read(answer_of(std::string(100, 'x')), 100));
}

TEST_F(HttpAnswerTest, RefusesWhatIsNotHttp) {
  for (const std::string bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n", "hello", "\x15\x03\x01\x02\x02\x02\x16"}) {
    expect_error(read(bytes), Errc::malformed, "the answer is not HTTP");
  }
  expect_error(read("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), Errc::malformed,
               "the answer is not HTTP");
}

TEST_F(HttpAnswerTest, DropsAConnectionOnWhichMoreCameThanAsked) {
  ScriptedServer server([](Peer& peer) {
    while (!peer.read_request().empty()) peer.write(answer_of("mine") + answer_of("nobody's"));
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 3; ++i) {
    const auto reply = get(*client, "/");
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->body, "mine");
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpAnswerTest, CarriesMegabytesBothWays) {
  ScriptedServer server([](Peer& peer) {
    for (auto text = peer.read_request(); !text.empty(); text = peer.read_request()) {
      peer.answer(text.substr(text.find("\r\n\r\n") + 4));
    }
  });
  const auto client = client_of(server.url());
  for (const std::size_t size : {3'000'000, 1, 0, 70'000}) {
    auto request = request_to("/", Method::put);
    request.body.assign(size, 'x');
    const auto reply = send(*client, request);
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->body, request.body);
  }
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace bridge::test
