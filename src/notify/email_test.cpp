#include <fstream>

#include "notify/mail_text.h"
#include "notify/payload.h"
#include "notify/sender_for_test.h"

namespace takt::notify {
namespace {

using namespace std::chrono_literals;

class EmailTo : public Sending {
 protected:
  net::TestFolder folder;

  ports::Message to(const net::TestServer& server) {
    core::Email email;
    email.smtp = "smtp://" + server.place();
    email.from = "takt@example.org";
    email.to = {"a@example.org"};
    core::ContactSpec contact;
    contact.name = "ops";
    contact.by = email;
    return a_message(std::move(contact));
  }
  static core::Email& email_of(ports::Message& message) {
    return std::get<core::Email>(message.contact.by);
  }
};

TEST_F(EmailTo, AMessageArrivesWithItsHeadersAndItsText) {
  net::TestServer server({"smtp_server.py"});
  auto message = to(server);
  message.notices[0].text = "\u00fcber\r\n.\r\nRCPT TO:<evil@example.org>";
  const auto how = deliver(message);
  EXPECT_TRUE(how.ok) << how.error;
  const auto seen = next(server);
  EXPECT_EQ(seen.at("to"), boost::json::array{"TO:<a@example.org>"});
  EXPECT_EQ(seen.at("data"), mail_text(message, email_of(message)).c_str());
}

TEST_F(EmailTo, AUserAndThePasswordOfTheFileLogInOverTls) {
  net::TestCertificates files;
  net::TestServer server(
      {"smtp_server.py", "tls=" + (files / "server.pem"), "user=takt:geheimnis"});
  options.ca_file = files / "ca.pem";
  auto message = to(server);
  email_of(message).user = "takt";
  email_of(message).password_file = folder / "password";

  const auto none = deliver(message);
  EXPECT_FALSE(none.ok);
  EXPECT_EQ(none.tries, 1);
  EXPECT_EQ(none.error, "cannot read " + (folder / "password") + ": No such file or directory");

  std::ofstream(folder / "password") << "geheimnis\n";  // it is read at each try
  const auto how = deliver(message);
  EXPECT_TRUE(how.ok) << how.error;
  EXPECT_EQ(next(server).at("tls"), true);

  std::ofstream(folder / "password") << "falsches";
  const auto wrong = deliver(message);
  EXPECT_EQ(wrong.tries, 1);
  EXPECT_EQ(wrong.error, server.place() + " refuses the user or the password");
}

TEST_F(EmailTo, WhatTheServerPutsOffIsTriedAgain) {
  net::TestServer server({"smtp_server.py", "RCPT=450,250", "DATA=451,250"});
  const auto how = deliver(to(server));
  EXPECT_TRUE(how.ok) << how.error;
  EXPECT_EQ(how.tries, 3);
}

TEST_F(EmailTo, WhatTheServerRefusesIsNotTriedAgain) {
  net::TestServer server({"smtp_server.py", "RCPT=550"});
  const auto how = deliver(to(server));
  EXPECT_FALSE(how.ok);
  EXPECT_EQ(how.tries, 1);
  EXPECT_EQ(how.error, server.place() + " answers 550 to the message");
}

TEST_F(EmailTo, AServerThatIsSilentIsTriedAgain) {
  net::TestServer server({"smtp_server.py", "SILENT=1"});
  options.try_timeout = 100ms;
  const auto how = deliver(to(server));
  EXPECT_EQ(how.tries, 5);
  EXPECT_EQ(how.error, "no answer within 100ms");
}

TEST_F(EmailTo, AnAddressThatIsNoneIsToldAndNobodyIsAsked) {
  net::TestServer server({"smtp_server.py"});
  auto message = to(server);
  email_of(message).to = {"a@example.org>\r\nRCPT TO:<evil@example.org"};
  const auto how = deliver(message);
  EXPECT_FALSE(how.ok);
  EXPECT_EQ(how.tries, 1);
  email_of(message).to.clear();
  EXPECT_EQ(deliver(message).error, "there is nobody to send it to");
}

}  // namespace
}  // namespace takt::notify
